//! The laws of the house, held by reading its source: who may know whom, what may not be called where, and sizes.
//!
//! ```text
//!   source  files -> tokens, paths, what is test code
//!   layers  order of modules, circles between files, owners of crates, purity
//!   shape   sizes, switches, openings, nothing undone, no sleeping tests
//!   samples each rule fails on a tree that breaks it
//! ```
//!
//! A rule reports every offender with file and line. It reads text, not types: what a macro or an alias hides from it,
//! it does not see.

#[path = "tidy/layers.rs"]
mod layers;
#[path = "tidy/samples.rs"]
mod samples;
#[path = "tidy/shape.rs"]
mod shape;
#[path = "tidy/source.rs"]
mod source;

use source::{Source, package};

/// Reads all files and returns those who break it, as `file:line: what was expected`.
type Rule = fn(&[Source]) -> Vec<String>;

#[track_caller]
fn hold(rule: Rule) {
    let sources = package();
    assert!(sources.len() > 20, "the source tree was not found");
    let offenders = rule(&sources);
    assert!(offenders.is_empty(), "{} places:\n{}", offenders.len(), offenders.join("\n"));
}

#[test]
fn a_module_names_only_what_is_listed_above_it() {
    assert!(layers::module_order(&package()).len() > 10, "src/lib.rs was not understood");
    hold(layers::names_only_what_is_above);
}

#[test]
fn the_files_of_a_folder_import_in_no_circle() {
    hold(layers::has_no_circles);
}

#[test]
fn a_crate_with_an_owner_is_named_by_it_alone() {
    hold(layers::respects_owners);
}

#[test]
fn synchronous_modules_are_pure() {
    hold(layers::is_pure_below_the_line);
}

#[test]
fn files_are_short() {
    hold(shape::files_are_short);
}

#[test]
fn functions_are_short() {
    hold(shape::functions_are_short);
}

#[test]
fn functions_have_no_switches() {
    hold(shape::has_no_switches);
}

#[test]
fn files_open_with_their_idea() {
    hold(shape::files_open_with_their_idea);
}

#[test]
fn no_file_is_a_drawer() {
    hold(shape::has_no_drawers);
}

#[test]
fn nothing_is_left_undone() {
    hold(shape::leaves_nothing_undone);
}

#[test]
fn tests_do_not_sleep() {
    hold(shape::tests_do_not_sleep);
}
