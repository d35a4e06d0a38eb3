// @ts-check
// What keys, buttons and fields of the page do; the keys are listed by themselves.

/** What each key does. */
const KEYS = /** @type {[string, string, (view: View) => void][]} */ ([
  ["ArrowRight", "one step on", (view) => view.go(view.step + 1)],
  ["ArrowLeft", "one step back", (view) => view.go(view.step - 1)],
  ["ArrowDown", "to the next row", (view) => view.row(1)],
  ["ArrowUp", "to the row before", (view) => view.row(-1)],
  ["PageDown", "twenty rows on", (view) => view.row(20)],
  ["PageUp", "twenty rows back", (view) => view.row(-20)],
  ["Home", "to the start", (view) => view.go(0)],
  ["End", "to the end", (view) => view.go(view.run.steps)],
  ["f", "to the failure", (view) => view.toFailure()],
  ["d", "to the decision, or the first difference", (view) => view.toDecision()],
  ["r", "to the next restart", (view) => view.toRestart()],
  ["c", "light the past and the future of the cursor's event", (view) => lightCause(view)],
  ["l", "light the failure's slice, or everything", (view) => lightSlice(view)],
  ["Escape", "light what the failure depends on again", (view) => { view.light = "slice"; view.event = 0; view.refresh(false); }],
  ["m", "fold machinery, or show it", (view) => { view.wish.fold = !view.wish.fold; view.rebuild(); }],
  ["o", "only what touches the chosen process", (view) => { view.isOnly = !view.isOnly; view.rebuild(); }],
  ["h", "hide the chosen process", (view) => view.hide()],
  ["u", "show what is hidden", (view) => { view.wish.hidden.clear(); view.rebuild(); }],
  ["b", "another run beside, or none", (view) => nextBeside(view)],
  ["x", "change places with the run beside", (view) => view.swap()],
  ["/", "find", () => by("find").focus()],
  ["n", "to the next that is found", (view) => view.find(1)],
  ["N", "to the one before", (view) => view.find(-1)],
  ["t", "light or dark", () => turnTheme()],
  ["?", "these keys", () => /** @type {HTMLDialogElement} */ (by("help")).showModal()],
]);

/** @param {View} view */
function lightCause(view) {
  const scene = /** @type {Scene} */ (view.scene);
  const row = scene.rows.list[scene.cursor];
  if (!row) return;
  const event = view.event > 0 ? view.event : row.took || row.arrived || row.main;
  view.pick(event, view.run.who[event]);
}

/** @param {View} view */
function lightSlice(view) {
  view.light = view.light === "all" ? "slice" : "all";
  view.refresh(false);
}

/** @param {View} view */
function nextBeside(view) {
  do view.beside++; while (view.beside === view.at);
  if (view.beside >= view.runs.length) view.beside = -1;
  view.rebuild();
}

function turnTheme() {
  const root = document.documentElement;
  const dark = getComputedStyle(root).getPropertyValue("--is-dark").trim() === "1";
  root.dataset.theme = dark ? "light" : "dark";
}

/** @param {View} view */
function listen(view) {
  /** @param {string} id @param {() => void} act */
  const on = (id, act) => by(id).addEventListener("click", act);
  on("to-start", () => view.go(0));
  on("to-previous", () => view.go(view.step - 1));
  on("to-next", () => view.go(view.step + 1));
  on("to-end", () => view.go(view.run.steps));
  on("to-failure", () => view.toFailure());
  on("to-decision", () => view.toDecision());
  on("to-restart", () => view.toRestart());
  on("hide", () => view.hide());
  on("unhide", () => { view.wish.hidden.clear(); view.rebuild(); });
  on("theme", () => turnTheme());
  on("help-button", () => /** @type {HTMLDialogElement} */ (by("help")).showModal());
  input("scrub").addEventListener("input", () => view.go(Number(input("scrub").value)));
  input("fold").addEventListener("change", () => { view.wish.fold = input("fold").checked; view.rebuild(); });
  input("only").addEventListener("change", () => { view.isOnly = input("only").checked; view.rebuild(); });
  input("filter").addEventListener("change", () => { view.wish.filter = input("filter").checked; view.rebuild(); });
  input("find").addEventListener("input", () => { view.wish.query = input("find").value; view.search(); });
  input("find").addEventListener("keydown", (event) => {
    if (event.key === "Enter") view.find(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") input("find").blur();
  });
  document.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input, select, dialog, textarea")) return;
    const key = KEYS.find(([name]) => name === event.key);
    if (!key) return;
    event.preventDefault();
    key[2](view);
  });
  window.addEventListener("resize", () => {
    view.pane.measure();
    if (view.run.slice && view.pane.lanesAtOnce() !== view.most) view.rebuild();
  });
  window.addEventListener("hashchange", () => view.goTo(read(location.hash)));
}

function fillHelp() {
  const list = made("dl", { class: "keys" });
  for (const [key, words] of KEYS) {
    const name = { ArrowRight: "→", ArrowLeft: "←", ArrowDown: "↓", ArrowUp: "↑", Escape: "Esc" }[key] ?? key;
    list.append(made("dt", {}, name), made("dd", {}, words));
  }
  const close = button("close", "close", () => /** @type {HTMLDialogElement} */ (by("help")).close());
  by("help").replaceChildren(made("h2", {}, "keys"), list, close);
}
