//! What matches one character.

/// One character, or one of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum One {
    Char(u32),
    /// In either case.
    Either(u32, u32),
    /// Any but a newline.
    Any,
    All,
    Set {
        negated: bool,
        caseless: bool,
        unicode: bool,
        items: Vec<Item>,
    },
}

/// What a set is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    Range(u32, u32),
    Class { class: Class, negated: bool, ucp: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Digit,
    Space,
    Word,
    /// What Erlang writes as `\h`.
    Horizontal,
    /// What Erlang writes as `\v`.
    Vertical,
    Alpha,
    Lower,
    Upper,
    Alnum,
    Ascii,
    Blank,
    Cntrl,
    Graph,
    Print,
    Punct,
    Xdigit,
}

impl One {
    /// The character, in either case if that is meant.
    pub(super) fn of(point: u32, caseless: bool, unicode: bool) -> One {
        let other = other_case(point, unicode);
        if caseless && other != point { One::Either(point, other) } else { One::Char(point) }
    }

    pub(super) fn matches(&self, point: u32) -> bool {
        match self {
            One::Char(one) => *one == point,
            One::Either(one, other) => *one == point || *other == point,
            One::Any => point != 10,
            One::All => true,
            One::Set { negated, caseless, unicode, items } => {
                let has = |point: u32| items.iter().any(|item| item.has(point));
                let found = has(point) || *caseless && has(other_case(point, *unicode));
                found != *negated
            }
        }
    }
}

impl Item {
    fn has(&self, point: u32) -> bool {
        match self {
            Item::Range(from, to) => (*from..=*to).contains(&point),
            Item::Class { class, negated, ucp } => class.has(point, *ucp) != *negated,
        }
    }
}

/// The letter in its other case: of Latin-1 where characters are bytes.
pub(super) fn other_case(point: u32, unicode: bool) -> u32 {
    let Some(letter) = char::from_u32(point) else { return point };
    let (lower, upper) = (letter.to_lowercase(), letter.to_uppercase());
    let single = |mut letters: Box<dyn Iterator<Item = char>>| match (letters.next(), letters.next()) {
        (Some(letter), None) => u32::from(letter),
        _ => point,
    };
    let (lower, upper) = (single(Box::new(lower)), single(Box::new(upper)));
    let other = if lower != point { lower } else { upper };
    if unicode || other < 256 { other } else { point }
}

/// Whether a character is one of what `\w` matches.
pub(super) fn is_word(point: u32, ucp: bool) -> bool {
    Class::Word.has(point, ucp)
}

impl Class {
    /// The class of this name, as in `[[:alpha:]]`.
    pub(super) fn named(name: &str) -> Option<Class> {
        Some(match name {
            "alpha" => Class::Alpha,
            "lower" => Class::Lower,
            "upper" => Class::Upper,
            "alnum" => Class::Alnum,
            "ascii" => Class::Ascii,
            "blank" => Class::Blank,
            "cntrl" => Class::Cntrl,
            "digit" => Class::Digit,
            "graph" => Class::Graph,
            "print" => Class::Print,
            "punct" => Class::Punct,
            "space" => Class::Space,
            "word" => Class::Word,
            "xdigit" => Class::Xdigit,
            _ => return None,
        })
    }

    fn has(self, point: u32, ucp: bool) -> bool {
        let Some(letter) = char::from_u32(point) else { return false };
        match self {
            Class::Horizontal => {
                matches!(point, 9 | 32 | 0xa0 | 0x1680 | 0x180e | 0x2000..=0x200a | 0x202f | 0x205f | 0x3000)
            }
            Class::Vertical => matches!(point, 10..=13 | 0x85 | 0x2028 | 0x2029),
            // The tables that the emulator brings hold Latin-1.
            Class::Ascii => point < 256,
            Class::Xdigit => letter.is_ascii_hexdigit(),
            _ if ucp => self.has_unicode(letter),
            _ if point > 255 => false,
            Class::Digit => letter.is_ascii_digit(),
            Class::Space => matches!(point, 9..=13 | 32),
            Class::Word => point == 95 || Class::Alnum.has(point, false),
            Class::Alpha => letter.is_alphabetic(),
            Class::Lower => letter.is_lowercase(),
            Class::Upper => letter.is_uppercase(),
            Class::Alnum => letter.is_alphabetic() || letter.is_ascii_digit(),
            Class::Blank => matches!(point, 9 | 32),
            Class::Cntrl => matches!(point, 0..32 | 127..160),
            Class::Graph => matches!(point, 33..127 | 160..256),
            Class::Print => matches!(point, 32..127 | 160..256),
            Class::Punct => Class::Graph.has(point, false) && !Class::Alnum.has(point, false),
        }
    }

    /// As far as the standard library knows: its letters and numbers are a few more than those of PCRE.
    fn has_unicode(self, letter: char) -> bool {
        match self {
            Class::Digit => letter.is_numeric(),
            Class::Space => letter.is_whitespace(),
            Class::Word => letter == '_' || letter.is_alphanumeric(),
            Class::Alpha => letter.is_alphabetic(),
            Class::Lower => letter.is_lowercase(),
            Class::Upper => letter.is_uppercase(),
            Class::Alnum => letter.is_alphanumeric(),
            Class::Blank => Class::Horizontal.has(u32::from(letter), false),
            Class::Cntrl => letter.is_control(),
            Class::Graph => !letter.is_control() && !letter.is_whitespace(),
            Class::Print => !letter.is_control(),
            _ => letter.is_ascii_punctuation(),
        }
    }
}
