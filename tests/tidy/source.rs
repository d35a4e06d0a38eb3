//! The source as its rules see it: each file of `src/` parsed, without what is there for tests alone.
//!
//! Files are found as the compiler finds them, from `lib.rs` and `main.rs` by their `mod` items, so a file that
//! only a `#[cfg(test)]` leads to is left out, and an item with that attribute is as if it were not written.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Attribute, ImplItem, Item, TraitItem, UseTree};

/// One file of the crate, and what the rules ask about it.
pub struct Source {
    /// From the project's root.
    pub path: String,
    /// The modules that lead to it, from the crate down: none for `lib.rs` and `main.rs`.
    pub module: Vec<String>,
    /// The whole text, with its tests.
    pub text: String,
    /// What its `use` items bring in.
    pub uses: Vec<Use>,
    /// Every path and every single name in its code, `use` items apart, with the line it stands on.
    pub paths: Vec<(usize, Vec<String>)>,
    /// What it defines and could be imported from it, its own modules among them.
    pub defines: BTreeSet<String>,
    pub functions: Vec<Function>,
    /// Its doc comments, with the line on which each begins.
    pub comments: Vec<(usize, String)>,
}

/// One name that a `use` item brings in.
pub struct Use {
    pub line: usize,
    /// Whether others can import it from here.
    pub passes_on: bool,
    pub path: Vec<String>,
    /// What it is called here: `*` for all that is in the module.
    pub name: String,
}

pub struct Function {
    pub name: String,
    pub lines: usize,
}

/// The files of the crate that are built when nothing is tested, sorted by path.
pub fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    visit(Path::new("src/lib.rs"), Vec::new(), &mut found);
    visit(Path::new("src/main.rs"), Vec::new(), &mut found);
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Reads a file and the files of its modules.
fn visit(path: &Path, module: Vec<String>, found: &mut Vec<Source>) {
    let shown = path.to_string_lossy().into_owned();
    let text = fs::read_to_string(root().join(path)).expect("a file of the project");
    let mut file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{shown}: {error}"));
    strip(&mut file.items);
    let folder = match path.file_stem().and_then(|stem| stem.to_str()) {
        Some("mod" | "lib" | "main") => path.parent().expect("it lies in a folder").to_path_buf(),
        _ => path.with_extension(""),
    };
    for item in &file.items {
        if let Item::Mod(child) = item
            && child.content.is_none()
        {
            let name = child.ident.to_string();
            let single = folder.join(format!("{name}.rs"));
            let below =
                if root().join(&single).exists() { single } else { folder.join(&name).join("mod.rs") };
            visit(&below, [&module[..], &[name]].concat(), found);
        }
    }
    let mut source = Source {
        path: shown,
        module,
        text,
        uses: Vec::new(),
        paths: Vec::new(),
        defines: file.items.iter().filter_map(defined).collect(),
        functions: file.items.iter().flat_map(functions).collect(),
        comments: Vec::new(),
    };
    let tokens: TokenStream = file.items.iter().map(ToTokens::to_token_stream).collect();
    read(tokens, &mut source);
    found.push(source);
}

/// Takes out what is only there for tests.
fn strip(items: &mut Vec<Item>) {
    items.retain(|item| !is_for_tests(attributes(item)));
    for item in items {
        match item {
            Item::Mod(module) => {
                if let Some((_, items)) = &mut module.content {
                    strip(items);
                }
            }
            Item::Impl(block) => block.items.retain(|item| {
                !is_for_tests(match item {
                    ImplItem::Const(item) => &item.attrs,
                    ImplItem::Fn(item) => &item.attrs,
                    ImplItem::Type(item) => &item.attrs,
                    ImplItem::Macro(item) => &item.attrs,
                    _ => &[],
                })
            }),
            _ => {}
        }
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg") && attribute.meta.to_token_stream().to_string() == "cfg (test)"
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// The name that an item gives to what it defines.
fn defined(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Mod(item) => &item.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

/// The functions that an item consists of, each with what is defined inside it.
fn functions(item: &Item) -> Vec<Function> {
    let function = |signature: &syn::Signature, block: &syn::Block| Function {
        name: signature.ident.to_string(),
        lines: 1 + block.span().end().line - signature.span().start().line,
    };
    match item {
        Item::Fn(item) => vec![function(&item.sig, &item.block)],
        Item::Impl(block) => block
            .items
            .iter()
            .filter_map(|item| match item {
                ImplItem::Fn(item) => Some(function(&item.sig, &item.block)),
                _ => None,
            })
            .collect(),
        Item::Trait(item) => item
            .items
            .iter()
            .filter_map(|item| match item {
                TraitItem::Fn(item) => Some(function(&item.sig, item.default.as_ref()?)),
                _ => None,
            })
            .collect(),
        Item::Mod(module) => module.content.iter().flat_map(|(_, items)| items).flat_map(functions).collect(),
        _ => Vec::new(),
    }
}

/// Notes the paths, the `use` items and the doc comments among some tokens. Macros are read like other code:
/// what they are given is mostly expressions.
fn read(tokens: TokenStream, source: &mut Source) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Ident(word) if word == "use" && !is_punct(tokens.get(at + 1), '<') => {
                let end = (at..tokens.len())
                    .find(|index| is_punct(tokens.get(*index), ';'))
                    .expect("a `use` item ends with a semicolon");
                let tree = syn::parse2(tokens[at + 1..end].iter().cloned().collect()).expect("a `use` item");
                let passes_on = at > 0
                    && match &tokens[at - 1] {
                        TokenTree::Ident(before) => before == "pub",
                        TokenTree::Group(scope) => scope.delimiter() == Delimiter::Parenthesis,
                        _ => false,
                    };
                spread(&tree, &mut Vec::new(), word.span().start().line, passes_on, &mut source.uses);
                at = end;
            }
            TokenTree::Ident(word) => {
                let line = word.span().start().line;
                let after_dot = at > 0 && is_punct(tokens.get(at - 1), '.');
                let mut path = vec![word.to_string()];
                while is_punct(tokens.get(at + 1), ':')
                    && is_punct(tokens.get(at + 2), ':')
                    && let Some(TokenTree::Ident(next)) = tokens.get(at + 3)
                {
                    path.push(next.to_string());
                    at += 3;
                }
                // A field or a method is nobody's path, but `f64` in `x.y as f64` stands alone.
                if !after_dot {
                    source.paths.push((line, path));
                }
            }
            // `pub(in crate::module)` says who may see it, and names nothing of that module.
            TokenTree::Group(_) if at > 0 && is_visibility(&tokens[at - 1]) => {}
            TokenTree::Group(group) => {
                if !comment(&tokens, at, source) {
                    read(group.stream(), source);
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        at += 1;
    }
}

fn is_visibility(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(word) if word == "pub")
}

/// Whether the group at this place is a line of a doc comment, which is then noted.
fn comment(tokens: &[TokenTree], at: usize, source: &mut Source) -> bool {
    let TokenTree::Group(group) = &tokens[at] else { return false };
    if at == 0 || !is_punct(tokens.get(at - 1), '#') {
        return false;
    }
    let inside: Vec<TokenTree> = group.stream().into_iter().collect();
    let [TokenTree::Ident(word), _, TokenTree::Literal(said)] = &inside[..] else { return false };
    if word != "doc" {
        return false;
    }
    let text: syn::LitStr = syn::parse2(TokenTree::Literal(said.clone()).into()).expect("text");
    let goes_on = at >= 3
        && is_punct(tokens.get(at - 3), '#')
        && matches!(&tokens[at - 2], TokenTree::Group(before)
            if before.stream().into_iter().next().is_some_and(|word| word.to_string() == "doc"));
    match source.comments.last_mut() {
        Some((_, whole)) if goes_on => whole.push_str(&text.value()),
        _ => source.comments.push((group.span().start().line, text.value())),
    }
    true
}

/// The names that a `use` item brings in, one by one.
fn spread(tree: &UseTree, before: &mut Vec<String>, line: usize, passes_on: bool, uses: &mut Vec<Use>) {
    let mut bring = |last: Option<String>, name: String| {
        let path = before.iter().cloned().chain(last).collect();
        uses.push(Use { line, passes_on, path, name });
    };
    match tree {
        UseTree::Path(tree) => {
            before.push(tree.ident.to_string());
            spread(&tree.tree, before, line, passes_on, uses);
            before.pop();
        }
        UseTree::Name(tree) if tree.ident == "self" => {
            let name = before.last().expect("`self` is in braces").clone();
            bring(None, name);
        }
        UseTree::Name(tree) => bring(Some(tree.ident.to_string()), tree.ident.to_string()),
        UseTree::Rename(tree) if tree.ident == "self" => bring(None, tree.rename.to_string()),
        UseTree::Rename(tree) => bring(Some(tree.ident.to_string()), tree.rename.to_string()),
        UseTree::Glob(_) => bring(None, "*".to_owned()),
        UseTree::Group(group) => {
            for tree in &group.items {
                spread(tree, before, line, passes_on, uses);
            }
        }
    }
}

fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}
