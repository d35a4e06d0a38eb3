// @ts-check
// Who lives when. A supervisor may have had ten thousand children: those of a moment are found without looking at all.

/** A block of so many, as a power of two, knows until when its last one lives. */
const KIN_BLOCK = 6;

/** Some who belong together, each from one step to another, in the order in which they come. */
class Kin {
  /** @param {{who: number, from: number, to: number}[]} members `to` is a step in which it is no longer there. */
  constructor(members) {
    const sorted = [...members].sort((one, other) => one.from - other.from);
    this.who = sorted.map(({ who }) => who);
    this.from = Float64Array.from(sorted, ({ from }) => from);
    this.to = Float64Array.from(sorted, ({ to }) => to);
    /** @type {Set<number> | null} */
    this.all = null;
    this.ends = this.to.slice().sort();
    this.latest = new Float64Array((sorted.length >> KIN_BLOCK) + 1);
    this.to.forEach((to, index) => {
      const block = index >> KIN_BLOCK;
      this.latest[block] = Math.max(this.latest[block], to);
    });
  }

  /** Whether somebody belongs to them. @param {number} who */
  has(who) {
    this.all ??= new Set(this.who);
    return this.all.has(who);
  }

  /** How many are there after a step. @param {number} step */
  count(step) {
    return upTo(this.from, step) - upTo(this.ends, step);
  }

  /** The first of those who are there after a step. @param {number} step @param {number} most */
  first(step, most) {
    /** @type {number[]} */
    const found = [];
    const end = upTo(this.from, step);
    for (let index = 0; index < end && found.length < most; index++) {
      if ((index & ((1 << KIN_BLOCK) - 1)) === 0 && this.latest[index >> KIN_BLOCK] <= step) {
        index += (1 << KIN_BLOCK) - 1;
        continue;
      }
      if (this.to[index] > step) found.push(this.who[index]);
    }
    return found;
  }
}

/** How many of these ascending numbers are not above a limit.
 * @param {ArrayLike<number>} numbers @param {number} limit */
function upTo(numbers, limit) {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Everybody of a run by who supervises him. */
class Families {
  /** @param {Run} run */
  constructor(run) {
    /** @type {Map<number, {who: number, from: number, to: number}[]>} */
    const below = new Map();
    /** @type {{who: number, from: number, to: number}[][]} */
    const [roots, others, orphans] = [[], [], []];
    run.people.forEach((person, who) => {
      if (person.boot || person.birth === 0) return;
      const member = { who, from: run.step[person.birth], to: endOf(run, who) };
      const parent = person.parent < 0 ? null : run.people[person.parent];
      if (!parent || parent.boot || !parent.supervisor) {
        (person.supervisor ? roots : others).push(member);
        return;
      }
      const known = below.get(person.parent);
      if (known) known.push(member);
      else below.set(person.parent, [member]);
      const left = endOf(run, person.parent);
      if (member.to > left) orphans.push({ ...member, from: Math.max(left, member.from) });
    });
    /** @type {Map<number, Kin>} */
    this.below = new Map([...below].map(([who, members]) => [who, new Kin(members)]));
    this.roots = new Kin(roots);
    this.others = new Kin(others);
    /** Whoever is alive though his supervisor is not. */
    this.orphans = new Kin(orphans);
  }
}

/** The step in which somebody dies. @param {Run} run @param {number} who */
function endOf(run, who) {
  const { death } = run.people[who];
  return death > 0 ? run.step[death] : Infinity;
}
