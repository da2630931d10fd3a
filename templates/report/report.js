for (const head of document.querySelectorAll("table.sort th")) {
  head.tabIndex = 0;
  const sort = () => {
    const body = head.closest("table").tBodies[0], column = head.cellIndex, up = head.dataset.up !== "1";
    const key = (row) => { const text = row.cells[column].textContent.trim().replace("\u2212", "-").replace("<", ""); const number = parseFloat(text); return isNaN(number) ? text : number; };
    [...body.rows].sort((a, b) => { const x = key(a), y = key(b); return (x < y ? -1 : x > y ? 1 : 0) * (up ? 1 : -1); }).forEach((row) => body.append(row));
    head.dataset.up = up ? "1" : "0";
  };
  head.addEventListener("click", sort);
  head.addEventListener("keydown", (event) => { if (event.key === "Enter") sort(); });
}
const search = document.getElementById("search");
if (search) {
  search.parentElement.hidden = false;
  search.addEventListener("input", () => {
    const wanted = search.value.toLowerCase();
    for (const part of document.querySelectorAll("details.case")) part.hidden = !part.textContent.toLowerCase().includes(wanted);
  });
}
