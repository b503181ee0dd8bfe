document.title = 'Checkout';
