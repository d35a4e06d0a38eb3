// @ts-check
// The place in the address: which run, where in it, what is shown, and by which forks it was made. A link opens what
// its sender saw.

/**
 * @typedef {{run: number, step: number, event: number, who: string, beside: number, light: string, fold: boolean,
 *   only: boolean, filter: boolean, query: string, hidden: string[], forks: Fork[]}} Place
 */

/** @param {Place} place @returns {string} */
function written(place) {
  const words = new URLSearchParams();
  if (place.run > 0 && place.forks.length === 0) words.set("run", String(place.run));
  if (place.forks.length > 0) words.set("forks", JSON.stringify(place.forks.map(({ step, what, then }) => [step, what, then])));
  words.set("step", String(place.step));
  if (place.event > 0) words.set("event", String(place.event));
  if (place.who !== "") words.set("process", place.who);
  if (place.beside >= 0) words.set("beside", String(place.beside));
  if (place.light !== "slice") words.set("light", place.light);
  if (!place.fold) words.set("fold", "no");
  if (place.only) words.set("only", "yes");
  if (place.filter) words.set("filter", "yes");
  if (place.query !== "") words.set("find", place.query);
  for (const lane of place.hidden) words.append("hide", lane);
  return `#${words}`;
}

/** What an address says; what it does not say is as the page opens.
 * @param {string} hash @returns {Partial<Place>} */
function read(hash) {
  const words = new URLSearchParams(hash.replace(/^#/, ""));
  /** @type {Partial<Place>} */
  const place = {};
  const number = (/** @type {string} */ key) => {
    const text = words.get(key);
    return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  };
  place.run = number("run");
  place.step = number("step");
  place.event = number("event");
  place.beside = number("beside");
  place.who = words.get("process") ?? undefined;
  place.light = ["slice", "cause", "all"].find((light) => light === words.get("light"));
  place.fold = words.get("fold") === "no" ? false : undefined;
  place.only = words.get("only") === "yes" ? true : undefined;
  place.filter = words.get("filter") === "yes" ? true : undefined;
  place.query = words.get("find") ?? undefined;
  place.hidden = words.getAll("hide");
  place.forks = forksIn(words.get("forks"));
  return place;
}

/** @param {string | null} text @returns {Fork[]} */
function forksIn(text) {
  try {
    const list = JSON.parse(text ?? "[]");
    if (!Array.isArray(list)) return [];
    return list.filter((fork) => Array.isArray(fork) && Number.isInteger(fork[0])).map(([step, what, then]) => {
      return { step, what: String(what), then: String(then) };
    });
  } catch {
    return [];
  }
}
