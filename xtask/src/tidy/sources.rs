//! The product's modules, as the compiler finds them: from a crate's root
//! through its `mod` lines, without what only tests are built with.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::Error;

/// A crate's product code.
pub(super) struct Sources {
    /// Its files, in the order in which they were found: the root first.
    pub(super) files: Vec<File>,
    /// Its modules, by their path below the crate; the root's is empty.
    pub(super) modules: BTreeMap<Vec<String>, Module>,
    /// Its exported macros, which are named by the crate's root, and the modules
    /// that hold them.
    pub(super) macros: BTreeMap<String, Vec<String>>,
}

/// A file of product code.
pub(super) struct File {
    /// The path from the root of the workspace.
    pub(super) path: String,
    /// The path of its module below the crate.
    pub(super) module: Vec<String>,
    /// The whole text.
    pub(super) text: String,
    /// The lines that belong to tests, each as first and last.
    pub(super) tests: Vec<(usize, usize)>,
    /// Its functions, with the number of their lines.
    pub(super) functions: Vec<Function>,
    /// Its texts in quotes, outside tests.
    pub(super) literals: Vec<Literal>,
}

/// A function of product code.
pub(super) struct Function {
    /// The name.
    pub(super) name: String,
    /// The line where it begins.
    pub(super) line: usize,
    /// Counts its lines.
    pub(super) lines: usize,
}

/// A text in quotes.
pub(super) struct Literal {
    /// The line where it begins.
    pub(super) line: usize,
    /// The text.
    pub(super) text: String,
}

/// A module: a file, or a part of one.
#[derive(Default)]
pub(super) struct Module {
    /// The file that holds it, as an index.
    pub(super) file: usize,
    /// Its `use` lines, one for each name.
    pub(super) uses: Vec<Use>,
    /// The paths that its code names.
    pub(super) paths: Vec<Named>,
}

/// One name that a `use` line brings in.
pub(super) struct Use {
    /// The path, `*` last for all of a module.
    pub(super) path: Vec<String>,
    /// The name that it has here.
    pub(super) alias: String,
    /// Says whether others may take it from here.
    pub(super) shared: bool,
    /// The line.
    pub(super) line: usize,
}

/// A path that stands in code.
pub(super) struct Named {
    /// The path, from its first segment.
    pub(super) path: Vec<String>,
    /// The line.
    pub(super) line: usize,
}

impl File {
    /// Tells whether a line belongs to a test.
    pub(super) fn is_test(&self, line: usize) -> bool {
        self.tests
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&line))
    }

    /// Gives the lines of product code, numbered from one.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
            .filter(|(line, _)| !self.is_test(*line))
    }
}

/// Reads the product code of the crate whose `src` folder is given.
pub(super) fn read(workspace: &Path, src: &str) -> Result<Sources, Error> {
    let root = ["lib.rs", "main.rs"]
        .iter()
        .map(|name| workspace.join(src).join(name))
        .find(|path| path.is_file())
        .ok_or_else(|| Error::File {
            path: src.to_owned(),
            message: "has neither lib.rs nor main.rs".to_owned(),
        })?;
    let mut sources = Sources {
        files: Vec::new(),
        modules: BTreeMap::new(),
        macros: BTreeMap::new(),
    };
    sources.read(workspace, &root, Vec::new(), &workspace.join(src))?;
    Ok(sources)
}

impl Sources {
    /// Reads a file and the files of its modules. `below` is the folder in which
    /// its modules are looked for.
    fn read(
        &mut self,
        workspace: &Path,
        path: &Path,
        module: Vec<String>,
        below: &Path,
    ) -> Result<(), Error> {
        let name = path
            .strip_prefix(workspace)
            .unwrap_or(path)
            .display()
            .to_string();
        let failed = |message: String| Error::File {
            path: name.clone(),
            message,
        };
        let text = fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
        let parsed = syn::parse_file(&text).map_err(|error| failed(error.to_string()))?;
        let mut reader = Reader {
            file: self.files.len(),
            module: module.clone(),
            modules: BTreeMap::from([(module.clone(), Module::default())]),
            tests: Vec::new(),
            functions: Vec::new(),
            literals: Vec::new(),
            children: Vec::new(),
            macros: BTreeMap::new(),
        };
        reader.visit_file(&parsed);
        self.files.push(File {
            path: name.clone(),
            module,
            text,
            tests: reader.tests,
            functions: reader.functions,
            literals: reader.literals,
        });
        for module in reader.modules.values_mut() {
            module.file = reader.file;
        }
        self.modules.append(&mut reader.modules);
        self.macros.append(&mut reader.macros);
        for (parent, child) in reader.children {
            let mut folder = below.to_path_buf();
            let own = self.files[reader.file].module.len();
            folder.extend(&parent[own..]);
            let beside = folder.join(format!("{child}.rs"));
            let inside = folder.join(&child).join("mod.rs");
            let file: PathBuf = if beside.is_file() { beside } else { inside };
            let mut module = parent;
            module.push(child.clone());
            self.read(workspace, &file, module, &folder.join(&child))?;
        }
        Ok(())
    }
}

/// Reads one parsed file.
struct Reader {
    file: usize,
    module: Vec<String>,
    modules: BTreeMap<Vec<String>, Module>,
    tests: Vec<(usize, usize)>,
    functions: Vec<Function>,
    literals: Vec<Literal>,
    /// The modules in files of their own: the parent's path and the name.
    children: Vec<(Vec<String>, String)>,
    macros: BTreeMap<String, Vec<String>>,
}

impl Reader {
    fn here(&mut self) -> &mut Module {
        self.modules.entry(self.module.clone()).or_default()
    }

    /// Notes the item's lines as a test's where its attributes say so.
    fn skips(&mut self, attributes: &[syn::Attribute], item: &impl Spanned) -> bool {
        let test = attributes.iter().any(is_for_tests);
        if test {
            let span = item.span();
            self.tests.push((span.start().line, span.end().line));
        }
        test
    }

    fn function(&mut self, name: &syn::Ident, item: &impl Spanned) {
        // Without its doc comment, which is attributes.
        let first = name.span().start().line;
        let last = item.span().end().line;
        self.functions.push(Function {
            name: name.to_string(),
            line: first,
            lines: last - first + 1,
        });
    }

    fn tree(&mut self, tree: &syn::UseTree, path: &mut Vec<String>, shared: bool) {
        let line = tree.span().start().line;
        match tree {
            syn::UseTree::Path(part) => {
                path.push(part.ident.to_string());
                self.tree(&part.tree, path, shared);
                path.pop();
            }
            syn::UseTree::Name(name) if name.ident == "self" => {
                let alias = path.last().cloned().unwrap_or_default();
                self.bring(path.clone(), alias, shared, line);
            }
            syn::UseTree::Name(name) => {
                let alias = name.ident.to_string();
                let path = [path.as_slice(), std::slice::from_ref(&alias)].concat();
                self.bring(path, alias, shared, line);
            }
            syn::UseTree::Rename(rename) => {
                let mut path = path.clone();
                if rename.ident != "self" {
                    path.push(rename.ident.to_string());
                }
                self.bring(path, rename.rename.to_string(), shared, line);
            }
            syn::UseTree::Glob(_) => {
                let path = [path.as_slice(), &["*".to_owned()]].concat();
                self.bring(path, "*".to_owned(), shared, line);
            }
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.tree(tree, path, shared);
                }
            }
        }
    }

    fn bring(&mut self, path: Vec<String>, alias: String, shared: bool, line: usize) {
        self.here().uses.push(Use {
            path,
            alias,
            shared,
            line,
        });
    }

    /// Reads the paths in a macro's tokens: `crate::a::b`, `super::c`.
    fn tokens(&mut self, tokens: proc_macro2::TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut line = 0;
        let mut colons = 0;
        for token in tokens {
            match token {
                proc_macro2::TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.named(std::mem::take(&mut path), line);
                        line = ident.span().start().line;
                    }
                    colons = 0;
                    path.push(ident.to_string());
                }
                proc_macro2::TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
                proc_macro2::TokenTree::Group(group) => {
                    self.named(std::mem::take(&mut path), line);
                    colons = 0;
                    // A doc comment is no text of the program here either.
                    let mut first = group.stream().into_iter();
                    let is_doc = matches!(first.next(), Some(proc_macro2::TokenTree::Ident(name)) if name == "doc");
                    if !is_doc || group.delimiter() != proc_macro2::Delimiter::Bracket {
                        self.tokens(group.stream());
                    }
                }
                proc_macro2::TokenTree::Literal(literal) => {
                    self.named(std::mem::take(&mut path), line);
                    colons = 0;
                    if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                        self.literals.push(Literal {
                            line: literal.span().start().line,
                            text: text.value(),
                        });
                    }
                }
                proc_macro2::TokenTree::Punct(_) => {
                    self.named(std::mem::take(&mut path), line);
                    colons = 0;
                }
            }
        }
        self.named(path, line);
    }

    fn named(&mut self, path: Vec<String>, line: usize) {
        if path.len() > 1 {
            self.here().paths.push(Named { path, line });
        }
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if self.skips(&item.attrs, item) {
            return;
        }
        let name = item.ident.to_string();
        if item.content.is_none() {
            self.children.push((self.module.clone(), name));
            return;
        }
        self.module.push(name);
        self.here();
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !self.skips(&item.attrs, item) {
            let shared = !matches!(item.vis, syn::Visibility::Inherited);
            self.tree(&item.tree, &mut Vec::new(), shared);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !self.skips(&item.attrs, item) {
            self.function(&item.sig.ident, item);
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !self.skips(&item.attrs, item) {
            self.function(&item.sig.ident, item);
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        if !self.skips(&item.attrs, item) {
            visit::visit_item_impl(self, item);
        }
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        if !self.skips(&item.attrs, item) {
            visit::visit_item_const(self, item);
        }
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        let is_exported = |attribute: &syn::Attribute| attribute.path().is_ident("macro_export");
        if let Some(name) = &item.ident
            && item.attrs.iter().any(is_exported)
        {
            self.macros.insert(name.to_string(), self.module.clone());
        }
        visit::visit_item_macro(self, item);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            let segments = path.segments.iter().map(|part| part.ident.to_string());
            self.named(segments.collect(), path.span().start().line);
        }
        visit::visit_path(self, path);
    }

    fn visit_lit_str(&mut self, literal: &'ast syn::LitStr) {
        self.literals.push(Literal {
            line: literal.span().start().line,
            text: literal.value(),
        });
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        self.tokens(item.tokens.clone());
        visit::visit_macro(self, item);
    }

    // Doc comments are attributes, and no texts of the program; the message of an
    // error is one.
    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if let syn::Meta::List(list) = &attribute.meta
            && list.path.is_ident("error")
        {
            self.tokens(list.tokens.clone());
        }
    }
}

/// Tells whether an attribute leaves its item to tests alone: `#[test]`, or a
/// `#[cfg(..)]` of `test` without `not`.
fn is_for_tests(attribute: &syn::Attribute) -> bool {
    if attribute.path().is_ident("test") {
        return true;
    }
    let syn::Meta::List(list) = &attribute.meta else {
        return false;
    };
    let text = list.tokens.to_string();
    attribute.path().is_ident("cfg")
        && text
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| word == "test")
        && !text.contains("not")
}
