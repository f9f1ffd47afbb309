'use strict';
(() => {
  const root = document.documentElement;

  // The theme: the system's, until somebody chooses.
  const toggle = document.getElementById('theme');
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const dark = () => root.dataset.theme ? root.dataset.theme === 'dark' : system.matches;
  const name = () => { toggle.textContent = dark() ? 'Light' : 'Dark'; };
  toggle.hidden = false;
  toggle.addEventListener('click', () => { root.dataset.theme = dark() ? 'light' : 'dark'; name(); });
  system.addEventListener('change', name);
  name();

  // Filters: rows of the table and sections alike.
  const filters = document.getElementById('filters');
  const shown = document.getElementById('shown');
  const properties = [...document.querySelectorAll('.property')];
  const texts = new Map(properties.map((each) => [each, each.textContent.toLowerCase()]));
  const fits = (each, wanted) =>
    (!wanted.verdict || each.dataset.verdict.includes(`|${wanted.verdict}|`)) &&
    ['group', 'kind', 'severity'].every((key) => !wanted[key] || each.dataset[key] === wanted[key]) &&
    texts.get(each).includes(wanted.text.trim().toLowerCase());
  const filter = () => {
    const wanted = Object.fromEntries(new FormData(filters));
    for (const each of properties) each.hidden = !fits(each, wanted);
    const sections = properties.filter((each) => each.matches('.section'));
    shown.textContent = `${sections.filter((each) => !each.hidden).length} of ${sections.length} properties`;
  };
  if (filters) {
    filters.hidden = false;
    for (const type of ['input', 'change']) filters.addEventListener(type, filter);
    filters.addEventListener('reset', () => setTimeout(filter));
    filters.addEventListener('submit', (event) => event.preventDefault());
    filter();
  }

  // Tables that sort: a button in each heading; aria-sort tells how.
  const key = (row, column) => row.cells[column].dataset.sort ?? row.cells[column].textContent.trim();
  const sort = (table, column) => {
    const headings = [...table.tHead.rows[0].cells];
    const order = headings[column].getAttribute('aria-sort') === 'ascending' ? 'descending' : 'ascending';
    for (const heading of headings) heading.removeAttribute('aria-sort');
    headings[column].setAttribute('aria-sort', order);
    const sign = order === 'ascending' ? 1 : -1;
    const rows = [...table.tBodies[0].rows];
    rows.sort((a, b) => sign * key(a, column).localeCompare(key(b, column), 'en', {numeric: true}));
    table.tBodies[0].append(...rows);
  };
  for (const table of document.querySelectorAll('.sortable')) {
    [...table.tHead.rows[0].cells].forEach((heading, column) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...heading.childNodes);
      button.addEventListener('click', () => sort(table, column));
      heading.append(button);
    });
  }

  // A link to a section opens it, whatever the filters hide; paper shows all that is open or violated.
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target || !target.matches('details')) return;
    if (target.hidden) filters.reset();
    target.open = true;
    setTimeout(() => { target.hidden = false; target.scrollIntoView(); });
  };
  window.addEventListener('hashchange', reveal);
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link && link.getAttribute('href') === location.hash) reveal();
  });
  reveal();
})();
