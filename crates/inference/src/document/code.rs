//! The registry of problem codes: stable names, each with its meaning. Documentation is rendered from here.

use std::fmt;

use serde::{Serialize, Serializer};

macro_rules! codes {
    ($($variant:ident = $name:literal: $meaning:literal;)*) => {
        /// The kind of a problem.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $meaning] $variant,)*
        }

        impl Code {
            /// Every code, in the order in which documentation lists them.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The stable name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $name,)* }
            }

            /// What it means, in one line.
            pub const fn meaning(self) -> &'static str {
                match self { $(Code::$variant => $meaning,)* }
            }
        }
    };
}

codes! {
    // The text.
    EmptyDocument = "empty_document": "There is nothing in the document.";
    DocumentTooLarge = "document_too_large": "The text is longer than what is read.";
    UnreadableText = "unreadable_text": "The document is not UTF-8 text, or holds characters that belong into no text.";
    ByteOrderMark = "byte_order_mark": "The text begins with a byte order mark.";
    TabIndentation = "tab_indentation": "A line of YAML is indented with a tab.";
    Syntax = "syntax": "The text is neither YAML nor JSON; the position says where it stops to be.";
    SeveralDocuments = "several_documents": "A YAML stream holds more than one document.";
    TooDeep = "too_deep": "Lists and maps are nested too deeply.";
    TooManyNodes = "too_many_nodes": "The document holds too many values.";
    AliasExpansion = "alias_expansion": "Aliases expand to too many values.";
    AliasToItself = "alias_to_itself": "An alias stands for a value that contains it.";
    DuplicateKey = "duplicate_key": "A map has the same key twice.";
    MergeKey = "merge_key": "A map uses the merge key `<<`, which YAML 1.2 does not have.";
    KeyNotText = "key_not_text": "A list, a map or an alias stands as a key.";
    Tag = "tag": "A value carries a YAML tag.";

    // Keys and values.
    UnsupportedVersion = "unsupported_version": "`freeagentics` names a version of the format that is not known here.";
    UnknownKey = "unknown_key": "A map has a key that the format does not know.";
    MissingKey = "missing_key": "A required key is missing.";
    ConflictingKeys = "conflicting_keys": "Two keys exclude each other, or one of several is needed and none is there.";
    WrongType = "wrong_type": "A value is of another kind than expected, such as a map instead of a list.";
    UnknownWord = "unknown_word": "A setting has a value that is not among its choices.";
    NotFinite = "not_finite": "A number is infinite or not a number.";
    NotWhole = "not_whole": "A number should be a whole one.";
    Negative = "negative": "A probability or weight is below zero.";
    OutOfRange = "out_of_range": "A number is outside its range.";

    // Names.
    NameNotQuoted = "name_not_quoted": "A name would be read as a number, a truth value or nothing; it needs quotes.";
    InvalidName = "invalid_name": "A name has characters that names cannot have, or is too long.";
    ReservedName = "reserved_name": "A name is a word of the format itself.";
    NameTaken = "name_taken": "Two of the factors, controls and modalities have the same name.";
    DuplicateLabel = "duplicate_label": "A state, value or observation is listed twice.";
    NothingDeclared = "nothing_declared": "A list of names is empty.";
    UnknownName = "unknown_name": "A factor, control or modality is named that is not declared.";
    UnknownLabel = "unknown_label": "A state, value or observation is named that its owner does not have.";
    WrongKind = "wrong_kind": "A name is declared, but as another kind of thing than can stand here.";

    // Bins.
    EmptyBin = "empty_bin": "A bin's lower bound is not below its upper bound.";
    BinGap = "bin_gap": "Between two bins there are numbers that belong to neither.";
    BinOverlap = "bin_overlap": "Two bins overlap, or are not in ascending order.";

    // Tables.
    MissingLikelihood = "missing_likelihood": "A modality has no likelihood.";
    MissingTransition = "missing_transition": "A factor has no transition.";
    DuplicateDependency = "duplicate_dependency": "A table depends on the same thing twice.";
    WrongShape = "wrong_shape": "A list has not as many entries as the names it stands for.";
    Transposed = "transposed": "A table's axes are in another order than the format's.";
    SumNotOne = "sum_not_one": "A distribution does not sum to 1.";
    MissingEntry = "missing_entry": "A map by name leaves a case out and has no `else`.";
    IdentityUnclear = "identity_unclear": "`identity` does not say which factor is copied.";
    NeedlessInitial = "needless_initial": "`initial` is given for a likelihood that depends on no control.";

    // The agent and its tests.
    MomentMissing = "moment_missing": "A joint preference over states and controls does not say whether it looks before or after the action.";
    NoControls = "no_controls": "An action is named in a model that has no controls.";
    ControlNotNamed = "control_not_named": "An action leaves a control out.";
    HabitCount = "habit_count": "There are not as many habits as policies.";
    NoHabit = "no_habit": "All habits are zero.";
    UnequalPolicies = "unequal_policies": "The listed policies are not all of the same length.";
    NothingExpected = "nothing_expected": "A test expects nothing, or gives no observation.";
    NoPreviousStep = "no_previous_step": "The first observation of a test speaks of a step before it.";

    // Limits.
    TooManyNames = "too_many_names": "There are too many factors, controls or modalities.";
    TooManyLabels = "too_many_labels": "A factor, control or modality has too many states, values or observations.";
    TablesTooLarge = "tables_too_large": "The tables have too many entries.";
    TooManyPolicies = "too_many_policies": "There are too many policies, or they look ahead too far.";
    StepTooCostly = "step_too_costly": "One step would take too many operations or too much memory.";
    TooManyTests = "too_many_tests": "There are too many tests.";

    // Observations.
    OutsideBins = "outside_bins": "A number lies outside all bins of its modality.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
