/** What is for sale. Prices are in pence. */
export const PRODUCTS = [
  {
    id: 'mug',
    name: 'Enamel mug',
    price: 1800,
    text: 'Holds 35 cl. Survives the floor.',
    drawing:
      '<path d="M22 24h40v40a10 10 0 0 1-10 10H32a10 10 0 0 1-10-10z"/>' +
      '<path d="M62 32h8a10 10 0 0 1 0 24h-8"/><path d="M18 24h48"/>',
  },
  {
    id: 'tote',
    name: 'Canvas tote',
    price: 2450,
    text: 'Carries a week of bread.',
    drawing: '<path d="M20 34h56l6 42H14z"/><path d="M34 44V28a14 14 0 0 1 28 0v16"/>',
  },
  {
    id: 'notebook',
    name: 'Pocket notebook',
    price: 900,
    text: '64 pages, dotted, stitched.',
    drawing:
      '<path d="M26 16h46v62H26z"/><path d="M34 16v62"/><path d="M44 32h18M44 42h18M44 52h12"/>',
  },
];
