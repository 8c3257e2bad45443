// Choosing: a prediction to commit to, or a few questions to check oneself.
// `mount` needs no kernel: a plain page can call it with the same data. All text enters as text, never as HTML.

const CSS = `
.course-choice{color-scheme:light dark;--ink:light-dark(#1d1b22,#eceaf2);--soft:light-dark(#5f5b69,#b3aec2);--bg:light-dark(#fff,#16151b);
 --line:light-dark(#e3e0ea,#3a3745);--edge:light-dark(#8a8597,#7f7a90);--accent:light-dark(#5b3a9e,#c3abff);--on:light-dark(#fff,#16151b);
 --tint:light-dark(#f1edf9,#2a2440);--yes:light-dark(#00694e,#4fd1a5);--no:light-dark(#b02a0c,#ff9d85);
 box-sizing:border-box;max-width:720px;margin:4px 2px;padding:12px 16px;border:1px solid var(--line);border-radius:12px;background:var(--bg);
 color:var(--ink);font:14px/1.45 system-ui,-apple-system,"Segoe UI",sans-serif}
body[data-jp-theme-light="true"] .course-choice{color-scheme:light} body[data-jp-theme-light="false"] .course-choice{color-scheme:dark}
.course-choice p{margin:0} .course-choice form{margin:0} .course-choice code{font:.93em ui-monospace,monospace;color:inherit;background:none;padding:0}
.course-choice .options{display:grid;gap:4px}
.course-choice label{display:flex;gap:10px;align-items:baseline;padding:5px 10px 5px 6px;border:1px solid transparent;border-radius:8px;cursor:pointer}
.course-choice label:hover{background:var(--tint)} .course-choice label:has(:disabled){cursor:default;background:none}
.course-choice label input{position:absolute;opacity:0;width:1px;height:1px;margin:0}
.course-choice label b{flex:none;box-sizing:border-box;width:25px;height:25px;border:1.5px solid var(--edge);border-radius:50%;
 font-weight:600;font-size:12px;line-height:22px;text-align:center;color:var(--soft)}
.course-choice label:has(:checked){border-color:var(--accent);background:var(--tint)}
.course-choice label:has(:checked) b{background:var(--accent);border-color:var(--accent);color:var(--on)}
.course-choice label:has(:disabled:not(:checked)){color:var(--soft)}
.course-choice label[data-mark]::after{content:attr(data-mark);margin-left:auto;font-weight:700;color:var(--no)} .course-choice label[data-mark="✓"]::after{color:var(--yes)}
.course-choice .bar{display:flex;gap:12px;align-items:center;min-height:32px;margin-top:8px} .course-choice .bar p{color:var(--soft);border-radius:6px}
.course-choice .bar p.kept{color:var(--ink)} .course-choice .head{margin:0 0 8px;color:var(--soft)} .course-choice .head .name{font-weight:600}
.course-choice .head .score{margin-left:auto;font-size:13px}
.course-choice button{font:inherit;padding:3px 14px;border:1px solid var(--edge);border-radius:8px;background:none;color:var(--ink);cursor:pointer}
.course-choice button.do{background:var(--accent);border-color:var(--accent);color:var(--on)}
.course-choice .steps{display:flex;gap:4px} .course-choice .steps button{min-width:30px;padding:1px 7px;font-size:13px}
.course-choice .steps [aria-current]{background:var(--tint);border-color:var(--accent);font-weight:600}
.course-choice :is(button,p):focus-visible,.course-choice label:has(:focus-visible){outline:3px solid var(--accent);outline-offset:2px}
.course-choice .stack{display:grid} .course-choice .stack>*{grid-area:1/1} .course-choice [inert]{visibility:hidden}
.course-choice .question{font-weight:600;margin-bottom:8px} .course-choice .told{margin-top:8px;padding-left:10px;border-left:3px solid transparent}
.course-choice .told.yes{border-color:var(--yes)} .course-choice .told.no{border-color:var(--no)}`;

const LETTERS = "ABCDEFGH";

function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  made.append(...children);
  return made;
}

// What stands between `backticks` is set as code; a stray backtick stays what it is.
function write(element, text) {
  const parts = text.split("`");
  const code = parts.length % 2 === 1;
  element.replaceChildren(...(code ? parts.map((part, i) => (i % 2 ? node("code", {}, part) : part)) : [text]));
  return element;
}

function radios(options, name) {
  const inputs = options.map((_, i) => node("input", { type: "radio", name: "option", value: i, ...KEYS }));
  const rows = options.map((text, i) => node("label", {}, inputs[i], node("b", {}, LETTERS[i]), write(node("span"), text)));
  return { inputs, rows, group: node("div", { class: "options", role: "radiogroup", "aria-label": name }, ...rows) };
}

function asked(form, inputs, status, answer) {
  form.addEventListener("change", () => /first\.$/.test(status.textContent) && (status.textContent = ""));
  form.title = "Esc: back to the notebook";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer(inputs.findIndex((input) => input.checked));
  });
}

function predict(root, data, store) {
  const { inputs, rows, group } = radios(data.options, "Your prediction");
  const commit = node("button", { type: "submit", class: "do", ...KEYS }, "Commit");
  // Focus goes here after the commit, without KEYS: the keys then belong to the notebook again.
  const status = node("p", { role: "status", tabindex: "-1" });
  const form = node("form", {}, group, node("div", { class: "bar" }, commit, status));
  asked(form, inputs, status, (at) => {
    if (at < 0) return (status.textContent = "Choose one first.");
    store.set(at);
    status.focus({ preventScroll: true });
  });
  root.append(form);
  return () => {
    const chosen = store.get();
    if (chosen < 0) return;
    inputs.forEach((input, i) => Object.assign(input, { checked: i === chosen, disabled: true }));
    commit.style.display = "none";
    status.className = "kept";
    status.textContent = `Kept: ${LETTERS[chosen]}. Now run the next cell. ${store.note?.() ?? ""}`.trim();
  };
}

function question(data, n, count, store, go) {
  const { inputs, rows, group } = radios(data.options, data.text);
  const said = (i) => (i === data.right ? `✓ ${LETTERS[i]}: ` : `✗ ${LETTERS[i]}: `) + data.feedback[i];
  const ghosts = data.feedback.map((_, i) => write(node("p", { "aria-hidden": "true", inert: "" }), said(i)));
  const told = node("p", { role: "status" });
  const box = node("div", { class: "told stack" }, ...ghosts, told); // the longest answer keeps the place free
  const bar = node("div", { class: "bar" }, node("button", { type: "submit", class: "do", ...KEYS }, "Check"));
  if (n + 1 < count) bar.append(node("button", { type: "button", ...KEYS }, "Next question"));
  const form = node("form", {}, write(node("p", { class: "question" }), data.text), group, bar, box);
  asked(form, inputs, told, (i) => {
    if (i < 0) return (told.textContent = "Choose an answer first.");
    box.className = `told stack ${i === data.right ? "yes" : "no"}`;
    write(told, said(i));
    store.set(store.get().map((tried, at) => (at === n && !tried.includes(i) ? [...tried, i] : tried)));
  });
  bar.children[1]?.addEventListener("click", () => go(n + 1, true));
  const show = (tried) => tried.forEach((i) => (rows[i].dataset.mark = i === data.right ? "✓" : "✗"));
  return { form, show, focus: () => (inputs.find((input) => input.checked) ?? inputs[0]).focus({ preventScroll: true }) };
}

function quiz(root, data, store) {
  const count = data.questions.length;
  const pages = data.questions.map((each, n) => question(each, n, count, store, (to, focus) => go(to, focus)));
  const steps = pages.map((_, n) => node("button", { type: "button", ...KEYS }, `${n + 1}`));
  const score = node("span", { class: "score", role: "status" });
  const bar = node("div", { class: "steps", role: "group", "aria-label": "Questions" }, ...(count > 1 ? steps : []));
  root.append(node("div", { class: "bar head" }, node("p", { class: "name" }, data.title), bar, score));
  root.append(node("div", { class: "stack" }, ...pages.map((page) => page.form)));
  const go = (to, focus = false) => {
    pages.forEach((page, n) => page.form.toggleAttribute("inert", n !== to));
    steps.forEach((step, n) => (n === to ? step.setAttribute("aria-current", "step") : step.removeAttribute("aria-current")));
    if (focus) pages[to].focus();
  };
  steps.forEach((step, n) => step.addEventListener("click", () => go(n)));
  go(0);
  return () => {
    const solved = store.get().map((tried, n) => tried.includes(data.questions[n].right));
    store.get().forEach((tried, n) => pages[n].show(tried));
    steps.forEach((step, n) => {
      step.textContent = `${n + 1}${solved[n] ? " ✓" : ""}`;
      step.setAttribute("aria-label", `Question ${n + 1} of ${count}${solved[n] ? ", solved" : ""}`);
    });
    score.textContent = `${solved.filter(Boolean).length} of ${count} right`;
  };
}

function memory(value) {
  const watchers = new Set();
  const set = (next) => ((value = next), watchers.forEach((watcher) => watcher()));
  return { get: () => value, set, watch: (f) => (watchers.add(f), () => watchers.delete(f)) };
}

// data: {kind: "predict", options} or {kind: "quiz", questions: [{text, options, feedback, right}]}. Returns a cleanup.
export function mount(el, data, store = memory(data.kind === "quiz" ? data.questions.map(() => []) : -1)) {
  const root = node("div", { class: "course-choice" });
  keepKeys(root);
  const show = (data.kind === "quiz" ? quiz : predict)(root, data, store);
  const unwatch = store.watch(show);
  show();
  el.replaceChildren(node("style", {}, CSS), root);
  return () => (unwatch(), el.replaceChildren());
}

function render({ model, el }) {
  const set = (value) => (model.set("state", value), model.save_changes());
  const watch = (f) => (model.on("change:state change:note", f), () => model.off("change:state change:note", f));
  return mount(el, model.get("data"), { get: () => model.get("state"), note: () => model.get("note"), set, watch });
}

export default { render, mount };
