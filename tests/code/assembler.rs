//! Modules written instruction by instruction, for what the installed compiler does not write: one function, `main/0`,
//! that fails if something is not what it must be.

/// What an instruction is given.
#[derive(Clone, Debug)]
pub enum Operand {
    U(u32),
    Int(u32),
    Atom(&'static str),
    Nil,
    X(u32),
    Y(u32),
    Float(u32),
    Label(u32),
    Literal(u32),
    List(Vec<Operand>),
}

/// A module that is being written.
pub struct Assembler {
    atoms: Vec<&'static str>,
    imports: Vec<[u32; 3]>,
    literals: Vec<Vec<u8>>,
    strings: Vec<u8>,
    code: Vec<u8>,
}

/// The label behind the last instruction, where it fails.
const FAILURE: u32 = 3;

impl Assembler {
    pub fn new(module: &'static str) -> Assembler {
        let (imports, literals) = (Vec::new(), Vec::new());
        let mut new = Assembler {
            atoms: vec![module, "main"],
            imports,
            literals,
            strings: Vec::new(),
            code: Vec::new(),
        };
        new.op(1, &[Operand::U(1)]);
        new.op(2, &[Operand::Atom(module), Operand::Atom("main"), Operand::U(0)]);
        new.op(1, &[Operand::U(2)]);
        new
    }

    fn atom(&mut self, name: &'static str) -> u32 {
        let place = self.atoms.iter().position(|known| *known == name).unwrap_or_else(|| {
            self.atoms.push(name);
            self.atoms.len() - 1
        });
        place as u32 + 1
    }

    /// A function of another module.
    pub fn import(&mut self, module: &'static str, function: &'static str, arity: u32) -> u32 {
        let mfa = [self.atom(module), self.atom(function), arity];
        self.imports.push(mfa);
        self.imports.len() as u32 - 1
    }

    /// A term in its external form.
    pub fn literal(&mut self, term: &[u8]) -> u32 {
        self.literals.push(term.to_vec());
        self.literals.len() as u32 - 1
    }

    /// Bytes that instructions name.
    pub fn text(&mut self, bytes: &[u8]) -> u32 {
        self.strings.extend(bytes);
        (self.strings.len() - bytes.len()) as u32
    }

    /// Where an instruction goes that fails.
    pub fn failure(&self) -> Operand {
        Operand::Label(FAILURE)
    }

    pub fn op(&mut self, opcode: u8, operands: &[Operand]) {
        self.code.push(opcode);
        operands.iter().for_each(|operand| self.operand(operand));
    }

    /// The first register must hold this.
    pub fn expect(&mut self, value: Operand) {
        self.op(43, &[Operand::Label(FAILURE), Operand::X(0), value]);
    }

    fn operand(&mut self, operand: &Operand) {
        match operand {
            Operand::U(value) => self.number(0, *value),
            Operand::Int(value) => self.number(1, *value),
            Operand::Nil => self.number(2, 0),
            Operand::Atom(name) => {
                let atom = self.atom(name);
                self.number(2, atom);
            }
            Operand::X(place) => self.number(3, *place),
            Operand::Y(place) => self.number(4, *place),
            Operand::Label(label) => self.number(5, *label),
            Operand::List(operands) => {
                self.code.push(0x17);
                self.number(0, operands.len() as u32);
                operands.iter().for_each(|operand| self.operand(operand));
            }
            Operand::Float(place) => {
                self.code.push(0x27);
                self.number(0, *place);
            }
            Operand::Literal(place) => {
                self.code.push(0x47);
                self.number(0, *place);
            }
        }
    }

    /// A number with its tag, in one byte or two.
    fn number(&mut self, tag: u8, value: u32) {
        match value {
            0..16 => self.code.push((value as u8) << 4 | tag),
            _ => self.code.extend([((value >> 8) as u8) << 5 | 8 | tag, value as u8]),
        }
    }

    /// The module as a file, with its last instructions.
    pub fn file(mut self) -> Vec<u8> {
        self.op(64, &[Operand::Atom("ok"), Operand::X(0)]);
        self.op(19, &[]);
        self.op(1, &[Operand::U(FAILURE)]);
        self.op(72, &[Operand::X(0)]);
        self.op(3, &[]);
        let words = |words: &[u32]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
        let mut atoms = words(&[self.atoms.len() as u32]);
        for name in &self.atoms {
            atoms.push(name.len() as u8);
            atoms.extend(name.as_bytes());
        }
        let mut code = words(&[16, 0, 185, FAILURE + 1, 1]);
        code.extend(&self.code);
        let imports = words(&[self.imports.len() as u32]);
        let imports = [imports, words(&self.imports.concat())].concat();
        // Not deflated, as in OTP 28.
        let mut literals = words(&[0, self.literals.len() as u32]);
        for term in &self.literals {
            literals.extend(words(&[term.len() as u32]));
            literals.extend(term);
        }
        let exports = words(&[1, 2, 0, 2]);
        let mut body = b"BEAM".to_vec();
        let chunks = [
            (b"AtU8", atoms),
            (b"Code", code),
            (b"StrT", self.strings),
            (b"ImpT", imports),
            (b"ExpT", exports),
            (b"LitT", literals),
        ];
        for (name, mut chunk) in chunks {
            body.extend(name);
            body.extend(words(&[chunk.len() as u32]));
            chunk.resize(chunk.len().next_multiple_of(4), 0);
            body.extend(chunk);
        }
        [b"FOR1".to_vec(), words(&[body.len() as u32]), body].concat()
    }
}
