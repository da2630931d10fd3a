for (const head of document.querySelectorAll("table.sort th")) {
  head.tabIndex = 0;
  const sort = () => {
    const body = head.closest("table").tBodies[0], column = head.cellIndex, up = head.dataset.up !== "1";
    const key = (row) => { const text = row.cells[column].textContent.trim().replace("\u2212", "-").replace(/[<,]/g, ""); const number = parseFloat(text); return isNaN(number) ? text : number; };
    [...body.rows].sort((a, b) => { const x = key(a), y = key(b); return (x < y ? -1 : x > y ? 1 : 0) * (up ? 1 : -1); }).forEach((row) => body.append(row));
    head.dataset.up = up ? "1" : "0";
  };
  head.addEventListener("click", sort);
  head.addEventListener("keydown", (event) => { if (event.key === "Enter") sort(); });
}
const controls = [...document.querySelectorAll("[data-filters]")];
const fits = (part, { value, dataset }) =>
  !value || (dataset.by ? part.dataset[dataset.by] === value : part.textContent.toLowerCase().includes(value.toLowerCase()));
for (const control of controls) {
  const box = control.closest(".search");
  box.hidden = false;
  control.addEventListener("input", () => {
    const same = controls.filter((each) => each.dataset.filters === control.dataset.filters);
    const parts = [...document.querySelectorAll(control.dataset.filters)];
    for (const part of parts) part.hidden = !same.every((each) => fits(part, each));
    box.querySelector("output").value = `${parts.filter((part) => !part.hidden).length} of ${parts.length}`;
  });
}
