//! The public face of the library, `treefall::actors`: that it changes only where somebody means it to, and that each part
//! of it is documented with an example.
//!
//! The source is read as the compiler reads it. What the face is stands in `tests/surface.txt`, a line an item: a line
//! that is new is an addition, and one that is gone or another breaks those who use it. `TREEFALL_ACCEPT=1` writes it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use quote::ToTokens;
use syn::{Attribute, ImplItem, Item, TraitItem, UseTree, Visibility};

/// Modules of which only what `mod.rs` names is public, and those that are public themselves.
const PUBLIC_MODULES: [&str; 2] = ["conformance", "generate"];

/// An item of the face.
struct Public {
    /// `Simulation::run`
    path: String,
    signature: String,
    docs: String,
    /// Whether it is code or a type that one uses by name, and no field or variant.
    wants_example: bool,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/actors")
}

fn parsed(file: &Path) -> syn::File {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn docs(attributes: &[Attribute]) -> String {
    let lines =
        attributes.iter().filter(|attribute| attribute.path().is_ident("doc")).filter_map(|attribute| {
            match &attribute.meta {
                syn::Meta::NameValue(pair) => match &pair.value {
                    syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
                    _ => None,
                },
                _ => None,
            }
        });
    lines.collect::<Vec<_>>().join("\n")
}

fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("doc") && attribute.meta.to_token_stream().to_string().contains("hidden")
    })
}

/// What `mod.rs` makes public of its modules: the name, and the module that it comes from.
fn exported() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for item in parsed(&folder().join("mod.rs")).items {
        let Item::Use(line) = item else { continue };
        if !matches!(line.vis, Visibility::Public(_)) || is_hidden(&line.attrs) {
            continue;
        }
        let UseTree::Path(path) = &line.tree else { continue };
        if path.ident == "crate" {
            continue;
        }
        names(&path.tree, &mut |name| found.push((name, path.ident.to_string())));
    }
    found
}

fn names(tree: &UseTree, take: &mut dyn FnMut(String)) {
    match tree {
        UseTree::Name(name) => take(name.ident.to_string()),
        UseTree::Group(group) => group.items.iter().for_each(|tree| names(tree, take)),
        _ => panic!("`mod.rs` names what it makes public, one by one"),
    }
}

/// One line, without what is in its braces.
fn signature(tokens: impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (long, short) in [
        (" :: ", "::"),
        (" < ", "<"),
        (" > ", "> "),
        (" ,", ","),
        ("& ", "&"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" ;", ";"),
        (" : ", ": "),
        (" >", ">"),
        ("< ", "<"),
        (" <", "<"),
        ("'_> ", "'_>"),
    ] {
        line = line.replace(long, short);
    }
    line.trim().to_owned()
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Everything public of a module, by the names that it has there.
fn face_of(module: &str, wanted: &dyn Fn(&str) -> bool, found: &mut Vec<Public>) {
    let file = parsed(&folder().join(format!("{module}.rs")));
    let mut add = |path: String, signature: String, attributes: &[Attribute], wants_example: bool| {
        if !is_hidden(attributes) {
            found.push(Public { path, signature, docs: docs(attributes), wants_example });
        }
    };
    for item in &file.items {
        match item {
            Item::Struct(it) if is_public(&it.vis) && wanted(&it.ident.to_string()) => {
                let name = it.ident.to_string();
                let open = it.attrs.iter().any(|attribute| attribute.path().is_ident("non_exhaustive"));
                add(
                    name.clone(),
                    format!("struct {name}{}", if open { ", and more" } else { "" }),
                    &it.attrs,
                    true,
                );
                for field in it.fields.iter().filter(|field| is_public(&field.vis)) {
                    let field_name = field.ident.as_ref().map_or_else(|| "0".to_owned(), ToString::to_string);
                    add(format!("{name}.{field_name}"), signature(&field.ty), &field.attrs, false);
                }
            }
            Item::Enum(it) if is_public(&it.vis) && wanted(&it.ident.to_string()) => {
                let name = it.ident.to_string();
                let open = it.attrs.iter().any(|attribute| attribute.path().is_ident("non_exhaustive"));
                add(
                    name.clone(),
                    format!("enum {name}{}", if open { ", and more" } else { "" }),
                    &it.attrs,
                    true,
                );
                for variant in &it.variants {
                    let (ident, fields) = (&variant.ident, signature(&variant.fields));
                    add(
                        format!("{name}::{ident}"),
                        format!("variant {fields}").trim().to_owned(),
                        &variant.attrs,
                        false,
                    );
                }
            }
            Item::Trait(it) if is_public(&it.vis) && wanted(&it.ident.to_string()) => {
                let name = it.ident.to_string();
                let above = signature(&it.supertraits);
                add(name.clone(), format!("trait {name}: {above}"), &it.attrs, true);
                for item in &it.items {
                    match item {
                        TraitItem::Fn(function) => {
                            let path = format!("{name}::{}", function.sig.ident);
                            add(path, signature(&function.sig), &function.attrs, true);
                        }
                        TraitItem::Type(kind) => {
                            add(format!("{name}::{}", kind.ident), signature(kind), &kind.attrs, false);
                        }
                        _ => (),
                    }
                }
            }
            Item::Type(it) if is_public(&it.vis) && wanted(&it.ident.to_string()) => {
                add(it.ident.to_string(), format!("type {}", signature(&it.ty)), &it.attrs, false);
            }
            Item::Fn(it) if is_public(&it.vis) && wanted(&it.sig.ident.to_string()) => {
                add(it.sig.ident.to_string(), signature(&it.sig), &it.attrs, true);
            }
            Item::Impl(it) if it.trait_.is_none() => {
                let of = signature(&it.self_ty);
                let name = of.split('<').next().unwrap_or(&of).trim().to_owned();
                for item in &it.items {
                    match item {
                        ImplItem::Fn(function) if is_public(&function.vis) => {
                            let path = format!("{name}::{}", function.sig.ident);
                            add(path, signature(&function.sig), &function.attrs, true);
                        }
                        ImplItem::Const(constant) if is_public(&constant.vis) => {
                            add(
                                format!("{name}::{}", constant.ident),
                                signature(&constant.ty),
                                &constant.attrs,
                                false,
                            );
                        }
                        _ => (),
                    }
                }
            }
            _ => (),
        }
    }
}

fn face() -> Vec<Public> {
    let exported = exported();
    let mut modules: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, module) in exported {
        modules.entry(module).or_default().push(name);
    }
    let types: Vec<String> = modules.values().flatten().cloned().collect();
    let mut found = Vec::new();
    for file in fs::read_dir(folder()).expect("it can be listed") {
        let module = file
            .expect("it can be listed")
            .path()
            .file_stem()
            .expect("it has a name")
            .to_string_lossy()
            .into_owned();
        if module == "mod" {
            continue;
        }
        let all = PUBLIC_MODULES.contains(&module.as_str());
        let named = modules.get(&module).cloned().unwrap_or_default();
        let mut of_module = Vec::new();
        face_of(&module, &|name| all || named.iter().any(|known| known == name), &mut of_module);
        // Methods count where the type is public, wherever they are written.
        of_module.retain(|item| {
            let of = item.path.split(['.', ':']).next().unwrap_or_default();
            all || types.iter().any(|known| known == of)
        });
        if all {
            of_module.iter_mut().for_each(|item| item.path = format!("{module}::{}", item.path));
        }
        found.extend(of_module);
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

#[test]
fn the_public_face_is_what_was_written_down() {
    let lines: String = face().iter().map(|item| format!("{}  {}\n", item.path, item.signature)).collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/surface.txt");
    if std::env::var_os("TREEFALL_ACCEPT").is_some() {
        fs::write(&path, &lines).expect("it can be written");
    }
    let known = fs::read_to_string(&path).expect("it was written down");
    let gone: Vec<&str> = known.lines().filter(|line| !lines.lines().any(|now| now == *line)).collect();
    let new: Vec<&str> = lines.lines().filter(|line| !known.lines().any(|before| before == *line)).collect();
    assert!(
        gone.is_empty() && new.is_empty(),
        "gone, which breaks whoever uses it:\n{gone:#?}\nnew:\n{new:#?}\nTREEFALL_ACCEPT=1 cargo test --test surface \
         writes it down; what is gone needs a line in docs/changelog.md and another version"
    );
}

#[test]
fn everything_public_has_an_example() {
    let face = face();
    // Of a function the example calls it; a type may well be there without being named.
    let shows = |docs: &str, item: &str| {
        let name = item.rsplit("::").next().unwrap_or(item);
        docs.contains("```") && (name.starts_with(char::is_uppercase) || docs.contains(name))
    };
    let mut wrong = Vec::new();
    for item in face.iter().filter(|item| item.wants_example && !shows(&item.docs, &item.path)) {
        // Who has none of its own says where one is, and that shows it.
        let there = item.docs.rsplit_once("See [").and_then(|(_, rest)| rest.split(']').next());
        let name = there.map(|there| there.trim_matches('`').replace("super::", ""));
        let pages = name.iter().flat_map(|name| {
            let of_module =
                (name == "the module" || name == "conformance").then(|| module_docs("conformance"));
            let own = item.path.split("::").next().unwrap_or_default();
            let places = [name.clone(), format!("{own}::{name}")];
            face.iter()
                .filter(move |other| places.contains(&other.path))
                .map(|other| other.docs.clone())
                .chain(of_module)
        });
        if !pages.into_iter().any(|docs| shows(&docs, &item.path)) {
            wrong.push(format!("{}: {there:?}", item.path));
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "an example of each, or `See [..]` to one that shows it");
}

fn module_docs(module: &str) -> String {
    docs(&parsed(&folder().join(format!("{module}.rs"))).attrs)
}
