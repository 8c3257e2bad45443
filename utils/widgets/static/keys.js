// Keys inside a widget are its own, but Escape gives them back to JupyterLab, and Ctrl or Cmd lends them.
// utils/widgets/scripts.py puts this in front of the other scripts: an anywidget, like a static page, takes one text.

const MARK = "data-lm-suppress-shortcuts";
const KEYS = { [MARK]: "true" }; // on whatever takes the focus: else JupyterLab takes arrows, letters, Enter and Space

/** Listen to the keys in `root`; options are those of addEventListener. */
function keepKeys(root, options) {
  root.addEventListener("keydown", backToNotebook, options);
  for (const type of ["keydown", "keyup"]) root.addEventListener(type, lendKeys, options);
}

// Escape goes to the cell this stands in: there Shift+Enter runs on.
function backToNotebook(event) {
  const cell = event.key === "Escape" && event.currentTarget.closest(".jp-Cell");
  if (!cell) return;
  cell.focus({ preventScroll: true });
  event.preventDefault();
}

// While Ctrl or Cmd is down the keys are JupyterLab's: Ctrl+S saves the notebook from in here, too.
function lendKeys({ key, type, target }) {
  if (key !== "Control" && key !== "Meta") return;
  if (type === "keydown" && target.hasAttribute(MARK)) target.setAttribute("data-lent", "");
  if (!target.hasAttribute("data-lent")) return;
  if (type === "keydown") return target.removeAttribute(MARK);
  target.removeAttribute("data-lent");
  target.setAttribute(MARK, "true");
}

