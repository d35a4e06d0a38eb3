//! Terms of all kinds, and arguments for natives: random, and always the same.

use num_bigint::BigInt;
use treefall::code::bits::Bits;
use treefall::code::natives::external;
use treefall::code::term::{Fun, Map, Term};
use treefall::kernel::Atoms;

/// What natives take, by name: a letter for each argument, in the order of the arguments. Those that are not here
/// take anything.
///
/// `t` anything, `n` a number, `i` a small integer, `I` any integer, `h` how far to shift, `a` an atom, `b` a boolean,
/// `l` a list, `k` a list of tuples, `T` a tuple, `m` a map, `B` a binary, `x` a bit string, `f` a float, `d` digits as a
/// list, `D` digits as a binary, `r` a base, `c` characters as a list, `C` characters as a binary, `e` an encoding, `y`
/// iodata, `F` options of floats, `E` options of the external format, `u` options of reading it, `X` an external term,
/// `p` a place in a binary, `w` a word, `g` a range, `P` pairs, `N` `iterator` or a list, `s` a function, `q` a pair of
/// small integers.
const KINDS: &[(&str, &str)] = &[
    ("+", "nn"),
    ("-", "nn"),
    ("*", "nn"),
    ("/", "nn"),
    ("div", "II"),
    ("rem", "II"),
    ("band", "II"),
    ("bor", "II"),
    ("bxor", "II"),
    ("bnot", "I"),
    ("bsl", "Ih"),
    ("bsr", "Ih"),
    ("abs", "n"),
    ("float", "n"),
    ("round", "n"),
    ("trunc", "n"),
    ("ceil", "n"),
    ("floor", "n"),
    ("and", "bb"),
    ("or", "bb"),
    ("xor", "bb"),
    ("not", "b"),
    ("is_function", "si"),
    ("is_record", "Tai"),
    ("++", "lt"),
    ("append", "lt"),
    ("--", "ll"),
    ("subtract", "ll"),
    ("hd", "l"),
    ("tl", "l"),
    ("length", "l"),
    ("element", "iT"),
    ("setelement", "iTt"),
    ("tuple_size", "T"),
    ("tuple_to_list", "T"),
    ("list_to_tuple", "l"),
    ("make_tuple", "itk"),
    ("append_element", "Tt"),
    ("insert_element", "iTt"),
    ("delete_element", "iT"),
    ("size", "x"),
    ("byte_size", "x"),
    ("bit_size", "x"),
    ("map_size", "m"),
    ("map_get", "tm"),
    ("is_map_key", "tm"),
    ("split_binary", "xi"),
    ("binary_part", "xii"),
    ("binary_part/2", "xq"),
    ("crc32/2", "wy"),
    ("adler32/2", "wy"),
    ("atom_to_list", "a"),
    ("atom_to_binary", "ae"),
    ("list_to_atom", "c"),
    ("list_to_existing_atom", "c"),
    ("binary_to_atom", "Ce"),
    ("binary_to_existing_atom", "Ce"),
    ("integer_to_list", "Ir"),
    ("integer_to_binary", "Ir"),
    ("list_to_integer", "dr"),
    ("binary_to_integer", "Dr"),
    ("float_to_list", "fF"),
    ("float_to_binary", "fF"),
    ("list_to_float", "d"),
    ("binary_to_float", "D"),
    ("binary_to_list", "Bii"),
    ("bitstring_to_list", "x"),
    ("list_to_binary", "y"),
    ("list_to_bitstring", "l"),
    ("iolist_size", "y"),
    ("iolist_to_binary", "y"),
    ("iolist_to_iovec", "y"),
    ("phash2", "tg"),
    ("phash", "tg"),
    ("crc32", "y"),
    ("adler32", "y"),
    ("md5", "y"),
    ("term_to_binary", "tE"),
    ("term_to_iovec", "tE"),
    ("external_size", "tE"),
    ("binary_to_term", "Xu"),
    ("member", "tl"),
    ("reverse", "ll"),
    ("keyfind", "tik"),
    ("keymember", "tik"),
    ("keysearch", "tik"),
    ("find", "tm"),
    ("from_keys", "lt"),
    ("from_list", "P"),
    ("get", "tm"),
    ("is_key", "tm"),
    ("keys", "m"),
    ("values", "m"),
    ("to_list", "m"),
    ("merge", "mm"),
    ("put", "ttm"),
    ("remove", "tm"),
    ("take", "tm"),
    ("update", "ttm"),
    ("map_next", "imN"),
    ("acos", "n"),
    ("acosh", "n"),
    ("asin", "n"),
    ("asinh", "n"),
    ("atan", "n"),
    ("atanh", "n"),
    ("cos", "n"),
    ("cosh", "n"),
    ("exp", "n"),
    ("log", "n"),
    ("log10", "n"),
    ("log2", "n"),
    ("sin", "n"),
    ("sinh", "n"),
    ("sqrt", "n"),
    ("tan", "n"),
    ("tanh", "n"),
    ("atan2", "nn"),
    ("fmod", "nn"),
    ("pow", "nn"),
];

/// What a native takes, from what is said for its name and arity or else for its name.
pub fn kinds(name: &str, arity: usize) -> String {
    let full = format!("{name}/{arity}");
    let find = |wanted: &str| KINDS.iter().find(|(known, _)| *known == wanted);
    let kinds = find(&full).or_else(|| find(name)).map_or("", |(_, kinds)| kinds);
    kinds.chars().chain(std::iter::repeat('t')).take(arity).collect()
}

/// Makes terms, always the same.
pub struct Make<'a> {
    pub seed: u64,
    pub atoms: &'a Atoms,
}

impl Make<'_> {
    fn next(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.seed;
        word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ word >> 31
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    fn many<T>(&mut self, most: usize, mut of: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| of(self)).collect()
    }

    fn atom(&mut self) -> Term {
        let names = [
            "a",
            "b",
            "ok",
            "error",
            "true",
            "false",
            "nil",
            "undefined",
            "Elixir.KV.Bucket",
            "hello world",
            "é",
            "ж",
            "",
            "iterator",
            "abc",
            "end",
            "Atom",
            "a@b",
            "ok?",
            "++",
            "it's\n",
            "Elixir.kv",
            "Elixir",
            "a_much_longer_name_than_the_others",
            "éж",
        ];
        self.atoms.intern(self.one::<&str>(&names)).into()
    }

    fn integer(&mut self) -> Term {
        let near = self.below(5) as i64 - 2;
        match self.below(8) {
            0..3 => Term::Int(near + 1),
            3 => Term::Int(self.below(300) as i64 - 20),
            4 => {
                let bits = self.one(&[8, 16, 27, 28, 31, 32, 53, 59, 60, 63, 64, 65, 128, 130, 1_030]);
                let value = (BigInt::from(1) << bits) + near;
                Term::integer(if self.below(2) == 0 { value } else { -value })
            }
            5 => Term::Int(self.next() as i64),
            6 => Term::Int(self.next() as i64 >> self.below(64)),
            _ => {
                let value =
                    (0..self.below(5) + 1).fold(BigInt::from(0), |value, _| (value << 64) + self.next());
                Term::integer(if self.below(2) == 0 { value } else { -value })
            }
        }
    }

    fn float(&mut self) -> Term {
        let fixed = [
            0.0,
            -0.0,
            1.0,
            -1.0,
            0.1,
            0.5,
            1.5,
            2.5,
            -0.001,
            1.0e22,
            1.0e23,
            1.0e15,
            1.0e-5,
            123_456_789.0,
            1.005,
            5.0e-324,
            9_007_199_254_740_992.0,
            9_007_199_254_740_994.0,
            1.797_693_134_862_315_7e308,
            1.0e300,
            4_294_967_296.0,
            255.0,
            1_152_921_504_606_846_976.0,
            9_223_372_036_854_775_808.0,
            18_446_744_073_709_551_616.0,
            0.000_123,
            1_234.5,
        ];
        let value = match self.below(5) {
            0..2 => self.one(&fixed),
            2 => self.below(10_000) as f64 / self.one(&[1.0, 10.0, 100.0, 7.0]) - 300.0,
            3 => (self.next() as i64 >> self.below(60)) as f64,
            _ => f64::from_bits(self.next()),
        };
        Term::float(value).unwrap_or(Term::Int(0))
    }

    fn bits(&mut self, whole: bool) -> Term {
        let bytes = match self.below(3) {
            0 => b"hello"[..self.below(6)].to_vec(),
            1 => self.one(&["héж", "a\n\"#{b}\t", "\u{7f}\0", "plain text", "\u{e9}"]).as_bytes().to_vec(),
            _ => self.many(40, |make| make.next() as u8),
        };
        let bits = Bits::of(&bytes);
        let (from, to) = (self.below(bits.len() + 1), self.below(bits.len() + 1));
        let (from, to) = (from.min(to), from.max(to));
        let len = if whole { (to - from) / 8 * 8 } else { to - from };
        Term::Bits(bits.slice(from, len))
    }

    fn fun(&mut self) -> Term {
        let names = ["lists", "erlang", "no_module"].map(|name| self.atoms.intern(name));
        let (module, function, arity) = (self.one(&names), self.one(&names), self.below(4) as u8);
        Term::Fun(Fun::External { module, function, arity }.into())
    }

    fn list(&mut self, depth: usize) -> Term {
        let elements = match self.below(4) {
            0 => self.many(20, |make| Term::Int(make.below(130) as i64)),
            1 => self.many(6, |make| Term::Int(make.below(4) as i64)),
            _ => self.many(5, |make| make.term(depth)),
        };
        let tail = if self.below(8) == 0 { self.term(depth) } else { Term::Nil };
        Term::list_onto(elements, tail)
    }

    fn tuple(&mut self, depth: usize) -> Term {
        Term::tuple(self.many(4, |make| make.term(depth)))
    }

    fn map(&mut self, depth: usize) -> Term {
        let pairs = match self.below(10) {
            0 => self.many(80, |make| (Term::Int(make.below(200) as i64), make.term(0))),
            1 => self.many(60, |make| (make.term(0), make.term(0))),
            _ => self.many(5, |make| (make.term(depth), make.term(depth))),
        };
        Term::Map(Map::of(pairs, self.atoms))
    }

    pub fn term(&mut self, depth: usize) -> Term {
        let kinds = if depth == 0 { 9 } else { 12 };
        match self.below(kinds) {
            0..2 => self.atom(),
            2..4 => self.integer(),
            4 => self.float(),
            5 => self.bits(true),
            6 => self.bits(false),
            7 => Term::Nil,
            8 => self.fun(),
            9 => self.list(depth - 1),
            10 => self.tuple(depth - 1),
            _ => self.map(depth - 1),
        }
    }

    /// A term without large maps, whose order is not the real one.
    pub fn small_term(&mut self, depth: usize) -> Term {
        std::iter::repeat_with(|| self.term(depth)).find(is_small).expect("most are")
    }

    /// Arguments of these kinds. If the first is a key and there is a map, it often is a key of that.
    pub fn arguments(&mut self, kinds: &str) -> Vec<Term> {
        let mut args: Vec<Term> = kinds.chars().map(|kind| self.argument(kind)).collect();
        if let (Some('t'), Some(Term::Map(map))) = (kinds.chars().next(), args.last())
            && !map.is_empty()
            && self.below(2) == 0
        {
            let place = self.below(map.len());
            let key = map.iter().nth(place).expect("it has so many").0.clone();
            args[0] = key;
        }
        args
    }

    fn argument(&mut self, kind: char) -> Term {
        if self.below(12) == 0 {
            return self.term(2);
        }
        match kind {
            'n' => match self.below(2) {
                0 => self.integer(),
                _ => self.float(),
            },
            'i' | 'p' => Term::Int(self.below(9) as i64 - 2),
            'I' => self.integer(),
            'q' => Term::tuple([self.argument('i'), self.argument('i')]),
            'h' => Term::Int(self.below(300) as i64 - 150),
            'a' => self.atom(),
            'b' => Term::boolean(self.below(2) == 0),
            'l' => self.list(1),
            'k' => Term::list(self.many(5, |make| make.tuple(0))),
            'P' => Term::list(self.many(50, |make| Term::tuple([make.term(0), make.term(0)]))),
            'T' => self.tuple(1),
            'm' => self.map(1),
            'B' => self.bits(true),
            'x' => self.bits(false),
            'f' => self.float(),
            's' => self.fun(),
            'r' => Term::Int(self.one(&[2, 8, 10, 16, 36, 1, 37, 11])),
            'w' => Term::Int(self.next() as u32 as i64),
            'g' => Term::Int(self.one(&[0, 1, 2, 3, 1_000, 1 << 27, 1 << 32, (1 << 32) + 1])),
            'd' | 'c' => self.letters(kind == 'c'),
            'D' | 'C' => match self.letters(kind == 'C').as_list() {
                Some(letters) => {
                    let letter =
                        |term: &Term| char::from_u32(term.as_int().unwrap_or(0) as u32).unwrap_or('?');
                    Term::binary(letters.iter().map(letter).collect::<String>().as_bytes())
                }
                None => Term::Nil,
            },
            'y' => self.iodata(3),
            'N' => self.one(&[self.atoms.intern("iterator").into(), Term::Nil, Term::list([Term::Int(1)])]),
            'e' => {
                self.one(&["utf8", "unicode", "latin1", "utf16"].map(|name| self.atoms.intern(name).into()))
            }
            'F' | 'E' | 'u' => self.options(kind),
            'X' => self.external(),
            _ => self.term(2),
        }
    }

    fn letters(&mut self, atoms: bool) -> Term {
        let texts = match atoms {
            true => ["ok", "é", "ж", "nobody_knows_this_name", "error", "", "hello", "a", "b"],
            false => ["0", "-17", "+5", "ff", "1.5", "-2.5e-3", "1.0E+22", "1.0e", "12x"],
        };
        let text = match self.below(4) {
            0 if atoms => self.one(&["x".repeat(255), "x".repeat(256), "ж".repeat(255)]),
            0 => self.many(12, |make| make.one(&['1', '7', '0', '.', 'e', '-', 'z'])).into_iter().collect(),
            1 if !atoms => (self.next() as i64).to_string(),
            2 if !atoms => format!("{:e}", f64::from_bits(self.next())),
            _ => self.one(&texts).to_string(),
        };
        let letters: Vec<Term> = text.chars().map(|letter| Term::Int(i64::from(u32::from(letter)))).collect();
        let tail = if self.below(10) == 0 { self.term(0) } else { Term::Nil };
        Term::list_onto(letters, tail)
    }

    fn iodata(&mut self, depth: usize) -> Term {
        if self.below(4) == 0 {
            return self.bits(!self.seed.is_multiple_of(7));
        }
        let elements = self.many(5, |make| match make.below(if depth == 0 { 2 } else { 3 }) {
            0 => Term::Int(make.below(257) as i64),
            1 => make.bits(true),
            _ => make.iodata(depth - 1),
        });
        let tail = if self.below(5) == 0 { self.bits(true) } else { Term::Nil };
        Term::list_onto(elements, tail)
    }

    fn options(&mut self, kind: char) -> Term {
        let pair = |name: &str, value| Term::tuple([self.atoms.intern(name).into(), value]);
        let atom = |name: &str| Term::Atom(self.atoms.intern(name));
        let all: Vec<Term> = match kind {
            'F' => [0, 1, 2, 5, 17, 18, 19, 20, 253, 254]
                .iter()
                .flat_map(|digits| {
                    [pair("decimals", Term::Int(*digits)), pair("scientific", Term::Int(*digits))]
                })
                .chain([(); 8].iter().flat_map(|()| [atom("compact"), atom("short")]))
                .chain([atom("other")])
                .collect(),
            'E' => [0, 1, 2, 3]
                .map(|version| pair("minor_version", Term::Int(version)))
                .into_iter()
                .chain([atom("compressed"), pair("compressed", Term::Int(9)), atom("other")])
                .collect(),
            _ => vec![atom("used"), atom("safe"), atom("used"), atom("safe"), atom("other")],
        };
        let mut options = self.many(2, |make| make.one(&all));
        // Of two versions the emulator takes now the one and now the other.
        options.dedup_by(|one, other| kind == 'E' && one.as_tuple().is_some() && other.as_tuple().is_some());
        Term::list(options)
    }

    /// A term in its external form, sometimes with a byte changed, cut off or added.
    fn external(&mut self) -> Term {
        let mut bytes = external::encode(&self.term(2), self.atoms);
        match self.below(8) {
            0 => bytes.push(7),
            1 => bytes.truncate(self.below(bytes.len())),
            _ => (),
        }
        Term::binary(&bytes)
    }
}

fn is_small(term: &Term) -> bool {
    match term {
        Term::Map(map) => map.len() <= 32 && map.iter().all(|(key, value)| is_small(key) && is_small(value)),
        Term::Tuple(elements) => elements.iter().all(is_small),
        Term::Cons(_) => {
            let mut items = term.items();
            items.by_ref().all(is_small) && is_small(items.tail())
        }
        _ => true,
    }
}
