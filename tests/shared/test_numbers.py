"""A number that people say follows from its id, and holds nothing that is misheard."""

from uuid import NAMESPACE_URL, uuid5

from shared.numbers import spoken


def test_an_id_always_gives_the_same_five_letters() -> None:
    id_ = str(uuid5(NAMESPACE_URL, "report/groenlo"))
    assert spoken(id_) == spoken(id_)
    assert len(spoken(id_)) == 5
    assert spoken("00000000-0000-0000-0000-000000000021") == "11000"


def test_other_ids_give_other_letters_without_any_that_sound_alike() -> None:
    said = {spoken(str(uuid5(NAMESPACE_URL, str(n)))) for n in range(200)}
    assert len(said) == 200
    assert not set("ILOU") & set("".join(said))
