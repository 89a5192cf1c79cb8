"""The rules by which changes of schemas are told apart, with what people read about each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.compatibility.rule_ids import RuleId

RULES_VERSION = "2"
"""Raised whenever a rule decides otherwise than before. Stored reports keep theirs."""


class Verdict(StrEnum):
    """What a change means for those who use the older version."""

    BREAKING = "breaking"
    COMPATIBLE = "compatible"
    UNKNOWN = "unknown"


_B, _C, _U = Verdict.BREAKING, Verdict.COMPATIBLE, Verdict.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One kind of change.

    Attributes:
        config: The usual verdict in a config; a change that is proven to be otherwise gets another one.
        outputs: The usual verdict in outputs.
        title: What happened, in a few words.
        why: Whom it concerns, and why.
        example: A change of this kind.
        remedy: What the author can do.
        is_declared: Whether the verdict stands on what this registry declares, not on the sets of valid values.
        is_addition: Whether it offers something new, for which a minor release is due.
        is_text: Whether it concerns texts alone.
        is_disputed: Whether an operator may set its verdict.
    """

    id: RuleId
    config: Verdict
    outputs: Verdict
    title: str
    why: str
    example: str
    remedy: str
    is_declared: bool = False
    is_addition: bool = False
    is_text: bool = False
    is_disputed: bool = False


_ACCEPT_BOTH = "Keep accepting the old values beside the new ones, and drop them in the next major version."
_KEEP_PROMISE = (
    "Keep the old promise for this output and offer the new value as another output, or release a major version."
)
_NOTHING = "Nothing needs doing."
_LOOK = "Check by hand whether users notice, and say so in the changelog."

_NARROWS = ("Configs that were valid can be refused.", _ACCEPT_BOTH)
_WIDENS = ("Dependents can get values that the old version never returned.", _KEEP_PROMISE)

_QUANTITIES = (
    ("minimum", "minimum", "smallest number"),
    ("maximum", "maximum", "largest number"),
    ("min-length", "minLength", "least number of characters"),
    ("max-length", "maxLength", "greatest number of characters"),
    ("min-items", "minItems", "least number of items"),
    ("max-items", "maxItems", "greatest number of items"),
    ("min-properties", "minProperties", "least number of members"),
    ("max-properties", "maxProperties", "greatest number of members"),
)


def _narrowing(rule: RuleId, title: str, example: str, *, remedy: str = _ACCEPT_BOTH) -> Rule:
    why = f"{_NARROWS[0]} Dependents that read outputs already handle what is left."
    return Rule(id=rule, config=_B, outputs=_C, title=title, why=why, example=example, remedy=remedy)


def _widening(rule: RuleId, title: str, example: str, *, disputed: bool = False) -> Rule:
    why = f"{_WIDENS[0]} Configs that were valid stay valid."
    return Rule(
        id=rule, config=_C, outputs=_B, title=title, why=why, example=example, remedy=_KEEP_PROMISE,
        is_addition=True, is_disputed=disputed,
    )  # fmt: skip


def _either(rule: RuleId, title: str, example: str, why: str) -> Rule:
    return Rule(id=rule, config=_B, outputs=_B, title=title, why=why, example=example, remedy=_ACCEPT_BOTH)


def _declared(
    rule: RuleId, config: Verdict, outputs: Verdict, title: str, why: str, example: str, remedy: str = _NOTHING,
    **flags: bool,
) -> Rule:  # fmt: skip
    return Rule(
        id=rule, config=config, outputs=outputs, title=title, why=why, example=example, remedy=remedy,
        is_declared=True, **flags,
    )  # fmt: skip


def _quantities() -> Iterator[Rule]:
    for slug, keyword, noun in _QUANTITIES:
        is_lower = slug.startswith("min")
        tighter, looser = ("raised", "lowered") if is_lower else ("lowered", "raised")
        yield _narrowing(RuleId(f"{slug}-added"), f"A {noun} was set", f"`{keyword}: 3` was added.")
        yield _widening(RuleId(f"{slug}-removed"), f"The {noun} was removed", f"`{keyword}: 3` was removed.")
        low, high = f"`{keyword}: 3`", f"`{keyword}: 5`"
        first, second = (low, high) if is_lower else (high, low)
        yield _narrowing(RuleId(f"{slug}-{tighter}"), f"The {noun} was {tighter}", f"{first} became {second}.")
        yield _widening(RuleId(f"{slug}-{looser}"), f"The {noun} was {looser}", f"{second} became {first}.")


def _all() -> Iterator[Rule]:
    yield from _quantities()
    yield from _types()
    yield from _values()
    yield from _containers()
    yield from _combinations()
    yield from _annotations()
    yield from _whole()


def _types() -> Iterator[Rule]:
    yield _either(
        RuleId.TYPE_CHANGED, "The type changed", "`size` was text, is a whole number.",
        "Values of the old type are refused, and dependents get values of another type.",
    )  # fmt: skip
    yield _narrowing(RuleId.TYPE_NARROWED, "Fewer types are allowed", "`number` became `integer`.")
    yield _widening(RuleId.TYPE_WIDENED, "More types are allowed", "`integer` became `number`.")
    yield _widening(RuleId.NULL_ALLOWED, "null is allowed", "`string` became `string` or `null`.")
    yield _narrowing(RuleId.NULL_DISALLOWED, "null is no longer allowed", "`string` or `null` became `string`.")


def _values() -> Iterator[Rule]:
    yield _narrowing(RuleId.ENUM_ADDED, "The values are limited to a list", "`enum: [a, b]` was set on free text.")
    yield _widening(RuleId.ENUM_REMOVED, "The list of values was removed", "`enum: [a, b]` became free text.")
    yield _widening(
        RuleId.ENUM_VALUE_ADDED, "A value was added", "`enum: [a, b]` became `[a, b, c]`.", disputed=True
    )  # fmt: skip
    yield _narrowing(RuleId.ENUM_VALUE_REMOVED, "A value was removed", "`enum: [a, b]` became `[a]`.")
    yield _either(
        RuleId.CONST_CHANGED, "The values changed", "`const: v1` became `const: v2`.",
        "The old value is refused, and dependents get a value they do not know.",
    )  # fmt: skip
    yield _narrowing(RuleId.MULTIPLE_OF_ADDED, "A step was set", "`multipleOf: 5` was added.")
    yield _widening(RuleId.MULTIPLE_OF_REMOVED, "The step was removed", "`multipleOf: 5` was removed.")
    yield _either(
        RuleId.MULTIPLE_OF_CHANGED, "The step changed", "`multipleOf: 3` became `multipleOf: 6`.",
        "A larger multiple of the old step refuses numbers; a divisor of it lets new ones come.",
    )  # fmt: skip
    yield _narrowing(RuleId.PATTERN_ADDED, "A pattern was added", "`pattern: ^[a-z]+$` was added.")
    yield _widening(RuleId.PATTERN_REMOVED, "A pattern was removed", "`pattern: ^[a-z]+$` was removed.")
    yield Rule(
        id=RuleId.PATTERN_CHANGED, config=_U, outputs=_U, title="The pattern changed",
        why="Whether one pattern includes another can be decided for simple ones only. A text that one of them takes "
        "and the other does not proves a break.",
        example="`^[a-z]+$` became `^[a-z0-9]+$`.", remedy=_LOOK,
    )  # fmt: skip
    yield _declared(
        RuleId.FORMAT_ADDED, _B, _C, "A format was added",
        "JSON Schema calls formats annotations, but providers enforce the formats that their models emit. A format "
        "that no draft knows may or may not be enforced: unknown.",
        "`format: uuid` was added to free text.", _ACCEPT_BOTH,
    )  # fmt: skip
    yield _declared(
        RuleId.FORMAT_REMOVED, _C, _B, "A format was removed", _WIDENS[0], "`format: uuid` became free text.",
        _KEEP_PROMISE, is_addition=True,
    )  # fmt: skip
    yield _declared(
        RuleId.FORMAT_CHANGED, _B, _B, "The format changed",
        "Texts of the one format are none of the other, unless it includes it.", "`date` became `date-time`.",
        _ACCEPT_BOTH,
    )  # fmt: skip


def _containers() -> Iterator[Rule]:
    yield _narrowing(RuleId.UNIQUE_ITEMS_ADDED, "Items must differ", "`uniqueItems: true` was added.")
    yield _widening(RuleId.UNIQUE_ITEMS_REMOVED, "Items may repeat", "`uniqueItems: true` was removed.")
    yield _narrowing(RuleId.ITEMS_REFUSED, "Further items are refused", "`items: false` was added after `prefixItems`.")
    yield _widening(RuleId.ITEMS_ALLOWED, "Further items are allowed", "`items: false` was removed.")
    yield _narrowing(RuleId.CONTAINS_ADDED, "An item of a kind is needed", "`contains: {type: string}` was added.")
    yield _widening(RuleId.CONTAINS_REMOVED, "An item of a kind is no longer needed", "`contains` was removed.")
    yield _either(
        RuleId.CONTAINS_CHANGED, "How many items of a kind are needed changed", "`minContains: 1` became `2`.",
        "More needed or fewer allowed refuses arrays; fewer needed or more allowed lets new ones come.",
    )  # fmt: skip
    yield _declared(
        RuleId.PROPERTY_ADDED, _C, _C, "A property was added",
        "No config had to set it, and dependents read outputs by name. It breaks where a map or a pattern covered the "
        "name with another schema; it is unknown where `additionalProperties: true` invited any member.",
        "`zone` was added to the properties.", is_addition=True,
    )  # fmt: skip
    yield _declared(
        RuleId.PROPERTY_REMOVED, _B, _B, "A property was removed",
        "In a config it is refused, or no longer read; in outputs it is gone for those who refer to it.",
        "`tier` is no longer among the properties.",
        "Keep it and mark it `deprecated: true`; remove it in the next major version.",
    )  # fmt: skip
    yield _narrowing(
        RuleId.REQUIRED_PROPERTY_ADDED, "A required property was added", "`location` was added and must be set.",
        remedy="Make it optional, with a default that keeps today's behaviour.",
    )  # fmt: skip
    yield Rule(
        id=RuleId.REQUIRED_WITH_DEFAULT, config=_B, outputs=_C, title="A property with a default must be set",
        why="A default fills nothing in when a config is validated, so configs without the property are refused.",
        example="`region` has a default and is listed under `required` now.",
        remedy="Take it out of `required`: the default then says what happens without it.", is_disputed=True,
    )  # fmt: skip
    yield _narrowing(
        RuleId.BECAME_REQUIRED, "A property must be set", "`region` was optional, is required.",
        remedy="Keep it optional, with a default that keeps today's behaviour.",
    )  # fmt: skip
    yield _widening(RuleId.BECAME_OPTIONAL, "A property may be missing", "`url` was always there, is optional.")
    yield Rule(
        id=RuleId.ADDITIONAL_PROPERTIES_REFUSED, config=_B, outputs=_C, title="Other members are refused",
        why="Configs with members that are not declared, ignored or free until now, are refused.",
        example="`additionalProperties: false` was added.",
        remedy="Keep ignoring unknown members, and close the object in the next major version.", is_disputed=True,
    )  # fmt: skip
    yield _declared(
        RuleId.ADDITIONAL_PROPERTIES_ALLOWED, _C, _C, "Other members are allowed",
        "More is accepted, and dependents read outputs by name. Where people iterate over the members of a map in "
        "outputs, new values break them.",
        "`additionalProperties: false` was removed.", is_addition=True,
    )  # fmt: skip
    yield _narrowing(
        RuleId.ADDITIONAL_PROPERTIES_NARROWED, "Other members must follow a schema",
        "`additionalProperties: {type: string}` was added.",
    )  # fmt: skip
    yield _either(
        RuleId.PATTERN_PROPERTIES_CHANGED, "Members are matched by other patterns",
        "`patternProperties: {^x-: {type: string}}` was added.",
        "A new pattern narrows what members of that name may be; a removed one widens it.",
    )  # fmt: skip
    yield _narrowing(RuleId.PROPERTY_NAMES_NARROWED, "Names of members are limited", "`propertyNames` was added.")
    yield _widening(RuleId.PROPERTY_NAMES_WIDENED, "More names of members are allowed", "`propertyNames` was removed.")
    yield _narrowing(
        RuleId.DEPENDENCY_ADDED, "One property requires another", "`dependentRequired: {a: [b]}` was added."
    )
    yield _widening(
        RuleId.DEPENDENCY_REMOVED, "One property no longer requires another", "`dependentRequired` was removed."
    )


def _combinations() -> Iterator[Rule]:
    yield _widening(RuleId.ANY_OF_BRANCH_ADDED, "An alternative was added", "`anyOf: [A]` became `anyOf: [A, B]`.")
    yield _narrowing(RuleId.ANY_OF_BRANCH_REMOVED, "An alternative was removed", "`anyOf: [A, B]` became `anyOf: [A]`.")
    yield _unknown(RuleId.ANY_OF_CHANGED, "The alternatives changed", "Two lists of alternatives cannot be paired.")
    yield _widening(RuleId.ONE_OF_BRANCH_ADDED, "An alternative was added", "`oneOf: [A]` became `oneOf: [A, B]`.")
    yield _narrowing(RuleId.ONE_OF_BRANCH_REMOVED, "An alternative was removed", "`oneOf: [A, B]` became `oneOf: [A]`.")
    yield _narrowing(
        RuleId.ONE_OF_OVERLAPS, "Values that fit two alternatives are refused", "`anyOf` became `oneOf`.",
        remedy="Use `anyOf`, or tell the alternatives apart by a constant.",
    )  # fmt: skip
    yield _widening(RuleId.ONE_OF_RELAXED, "Values that fit two alternatives are allowed", "`oneOf` became `anyOf`.")
    yield _unknown(
        RuleId.ONE_OF_CHANGED, "The alternatives of a oneOf changed", "A branch of an overlapping `oneOf` changed."
    )
    yield _narrowing(RuleId.NOT_ADDED, "Some values are excluded", "`not: {const: 0}` was added.")
    yield _widening(RuleId.NOT_REMOVED, "Values are no longer excluded", "`not: {const: 0}` was removed.")
    yield _unknown(RuleId.NOT_CHANGED, "What is excluded changed", "The schema under `not` changed.")
    yield _narrowing(RuleId.CONDITION_ADDED, "A condition was added", "`if`, `then` were added.")
    yield _widening(RuleId.CONDITION_REMOVED, "A condition was removed", "`then` was removed.")
    yield _unknown(RuleId.CONDITION_CHANGED, "A condition changed", "The schema under `if` changed.")
    yield _unknown(
        RuleId.UNEVALUATED_CHANGED, "What is left over is treated otherwise",
        "`unevaluatedProperties` stands beside alternatives that changed.",
    )  # fmt: skip


def _unknown(rule: RuleId, title: str, example: str) -> Rule:
    return Rule(
        id=rule, config=_U, outputs=_U, title=title, example=example, remedy=_LOOK,
        why="The change is neither wider nor narrower by itself. A value that one version takes and the other "
        "refuses proves a break; without one, a person must look.",
    )  # fmt: skip


def _annotations() -> Iterator[Rule]:
    yield _declared(
        RuleId.ANNOTATION_CHANGED, _C, _C, "Texts for people changed",
        "Titles, descriptions, examples, `content…` and `x-…` have no effect on what is valid.",
        "The description was reworded.", is_text=True,
    )  # fmt: skip
    yield _declared(
        RuleId.DEFAULT_CHANGED, _B, _C, "A default changed",
        "No config is refused, but each that leaves the property out gets other behaviour. Compatible where the "
        "property is required.",
        "`default: 1` became `default: 2`.", "Keep the default, or release a major version.", is_disputed=True,
    )  # fmt: skip
    yield _declared(
        RuleId.DEFAULT_ADDED, _U, _C, "A default was added",
        "The provider may have behaved so all along, or not.", "`default: 2` was added.", _LOOK,
    )  # fmt: skip
    yield _declared(
        RuleId.DEFAULT_REMOVED, _U, _C, "A default was removed",
        "The provider may still behave so, or not.", "`default: 2` was removed.", _LOOK,
    )  # fmt: skip
    yield _declared(
        RuleId.DEPRECATED, _C, _C, "Marked as deprecated",
        "A notice. Removing it later breaks users all the same.", "`deprecated: true` was added.",
    )  # fmt: skip
    yield _declared(
        RuleId.UNDEPRECATED, _C, _C, "No longer deprecated", "A notice was taken back.",
        "`deprecated: true` was removed.",
    )  # fmt: skip
    yield _declared(
        RuleId.READ_ONLY_ADDED, _U, _C, "Marked as read-only",
        "Validators accept a value still, the provider may not.", "`readOnly: true` was added.", _LOOK,
    )  # fmt: skip
    yield _declared(
        RuleId.READ_ONLY_REMOVED, _C, _C, "No longer read-only", "More is allowed.", "`readOnly: true` was removed."
    )  # fmt: skip
    yield _declared(
        RuleId.WRITE_ONLY_ADDED, _C, _U, "Marked as write-only",
        "Dependents may not get the value any more.", "`writeOnly: true` was added.", _LOOK,
    )  # fmt: skip
    yield _declared(
        RuleId.WRITE_ONLY_REMOVED, _C, _C, "No longer write-only", "More is returned.", "`writeOnly: true` was removed."
    )  # fmt: skip
    yield _declared(
        RuleId.BECAME_IMMUTABLE, _B, _C, "Can no longer be changed",
        "The platform refuses updates of immutable members; changing this one worked before.",
        "`immutable: true` was added.", "Keep it changeable, or release a major version.",
    )  # fmt: skip
    yield _declared(
        RuleId.BECAME_MUTABLE, _C, _C, "Can be changed now", "More is allowed.", "`immutable: true` was removed.",
        is_addition=True,
    )  # fmt: skip
    yield _declared(
        RuleId.SENSITIVITY_ADDED, _C, _C, "Treated as a secret now", "The value is masked from now on.",
        "`sensitive: true` was added.",
    )  # fmt: skip
    yield _declared(
        RuleId.SENSITIVITY_REMOVED, _U, _U, "No longer treated as a secret",
        "Nothing breaks, but a secret is shown in clear from now on.", "`sensitive: true` was removed.",
        "Make sure that the value is no secret.",
    )  # fmt: skip
    yield _declared(
        RuleId.NULLABLE_ADDED, _C, _U, "Marked as nullable",
        "`nullable` is no keyword of JSON Schema: validators pass over it, but the author means that null can come.",
        "`nullable: true` was added.", "Write `type: [string, null]` instead.",
    )  # fmt: skip
    yield _declared(
        RuleId.NULLABLE_REMOVED, _U, _C, "No longer marked as nullable",
        "`nullable` is no keyword of JSON Schema: validators pass over it, but the author means that null is refused.",
        "`nullable: true` was removed.", "Write `type: [string, null]` instead.",
    )  # fmt: skip
    yield _declared(
        RuleId.DEPENDENCY_TARGET_CHANGED, _U, _C, "Depends on another resource type",
        "The title of a dependency is the only place that names the resource type it points to.",
        "`Dependency[Network]` became `Dependency[Subnet]`.", _LOOK,
    )  # fmt: skip
    yield _declared(
        RuleId.UNKNOWN_KEYWORD_CHANGED, _U, _U, "A keyword that is not understood changed",
        "JSON Schema passes over keywords it does not know; the provider may not.", "`units: GB` was added.",
        "Use keywords of JSON Schema, or names that begin with `x-` for what has no effect.",
    )  # fmt: skip
    yield _declared(
        RuleId.DYNAMIC_REFERENCE_CHANGED, _U, _U, "A schema with dynamic references changed",
        "What a `$dynamicRef` means depends on the path by which it is reached.", "A `$dynamicAnchor` was renamed.",
        _LOOK,
    )  # fmt: skip


def _whole() -> Iterator[Rule]:
    yield _declared(
        RuleId.RESOURCE_ADDED, _C, _C, "A resource type was added", "It was not in use yet.", "`bucket` was added.",
        is_addition=True,
    )  # fmt: skip
    yield _declared(
        RuleId.RESOURCE_REMOVED, _B, _B, "A resource type was removed",
        "Resources of this type cannot be created or updated any more.", "`bucket` is gone.",
        "Keep it and deprecate it; remove it in the next major version.",
    )  # fmt: skip
    yield _declared(
        RuleId.SCHEMA_FIRST_KNOWN, _U, _U, "A schema is known for the first time",
        "There is nothing to compare it with.", "`config_schema` was null before.",
    )  # fmt: skip
    yield _declared(
        RuleId.SCHEMA_WITHDRAWN, _U, _U, "A schema is no longer known",
        "Nothing tells what changed.", "`config_schema` is null now.", "Announce the schema.",
    )  # fmt: skip
    yield _declared(
        RuleId.SCHEMA_EMPTIED, _U, _U, "The schema declares nothing any more",
        "Everything is valid and nothing is declared, so nothing tells what is read and returned.",
        "The schema became `{}`.", "Announce the schema.",
    )  # fmt: skip
    yield _declared(
        RuleId.COMPARISON_INCOMPLETE, _U, _U, "The comparison was not finished",
        "The schemas are larger or more entangled than what is compared.", "More than 50,000 pairs of schemas.",
        "Make the schemas smaller or simpler.",
    )  # fmt: skip
    yield _declared(
        RuleId.UNEXPLAINED_NARROWING, _U, _U, "Values are refused that were valid",
        "No rule explains the difference, but a second opinion found that the sets of valid values differ.",
        "Several keywords changed together.", _LOOK,
    )  # fmt: skip


RULES: Mapping[RuleId, Rule] = {rule.id: rule for rule in _all()}
