document.title = 'Card';
