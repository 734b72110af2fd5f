"""A gallery keeps its order, whatever is done to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavka.bootstrap import new_id
from lavka.domain.catalog import ProductId
from lavka.domain.errors import GalleryFull, Invalid, NotFound, PictureRepeated
from lavka.domain.pictures import MOST_PICTURES, Gallery, Picture, PictureId, file_name, file_names

A, B = "a" * 64, "b" * 64
STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "move", "remove"]), st.integers(0, 25), st.integers(1, 25))
)


def a_gallery(count: int = 0) -> Gallery:
    gallery = Gallery(ProductId(new_id()))
    for number in range(count):
        gallery.add(PictureId(new_id()), f"{number:064x}")
    return gallery


def digests(gallery: Gallery) -> list[int]:
    return [int(picture.digest, 16) for picture in gallery]


@given(STEPS)
def test_positions_have_no_gaps_and_nothing_comes_or_goes_by_itself(
    steps: list[tuple[str, int, int]],
) -> None:
    gallery, model, added = a_gallery(), [], 0
    for verb, which, where in steps:
        if verb == "add" and len(model) < MOST_PICTURES:
            gallery.add(PictureId(new_id()), f"{added:064x}")
            model.append(added)
            added += 1
        elif model:
            chosen = model.pop(which % len(model))
            picture = next(each for each in gallery if int(each.digest, 16) == chosen)
            if verb == "move":
                place = min(where, len(gallery))
                assert gallery.move(picture.id, place).position == place
                model.insert(place - 1, chosen)
            else:
                assert gallery.remove(picture.id) == picture
        assert digests(gallery) == model
        assert [picture.position for picture in gallery] == list(range(1, len(model) + 1))


def test_the_first_picture_is_the_main_one() -> None:
    gallery = a_gallery()
    assert gallery.main is None
    first, second = gallery.add(PictureId(new_id()), A), gallery.add(PictureId(new_id()), B)
    assert (first.position, second.position) == (1, 2)
    assert gallery.main == first
    gallery.move(second.id, 1)
    assert gallery.main is not None
    assert gallery.main.id == second.id


def test_pictures_hang_in_the_order_of_their_places_and_gaps_are_closed() -> None:
    product = ProductId(new_id())
    stored = [Picture(PictureId(new_id()), product, f"{place:064x}", place) for place in (7, 2, 9)]
    gallery = Gallery(product, stored)
    assert digests(gallery) == [2, 7, 9]
    assert [each.position for each in gallery] == [1, 2, 3]


@pytest.mark.parametrize("place", [0, -1, 4, 10**9])
def test_there_is_no_place_beyond_the_last(place: int) -> None:
    gallery = a_gallery(3)
    with pytest.raises(Invalid) as refused:
        gallery.move(next(iter(gallery)).id, place)
    assert [detail.field for detail in refused.value.details] == ["position"]
    assert digests(gallery) == [0, 1, 2]


def test_one_picture_hangs_once() -> None:
    gallery = a_gallery()
    gallery.add(PictureId(new_id()), A)
    with pytest.raises(PictureRepeated):
        gallery.add(PictureId(new_id()), A)
    assert len(gallery) == 1


def test_a_gallery_fills_up() -> None:
    gallery = a_gallery(MOST_PICTURES)
    with pytest.raises(GalleryFull):
        gallery.add(PictureId(new_id()), A)
    gallery.remove(next(iter(gallery)).id)
    assert gallery.add(PictureId(new_id()), A).position == MOST_PICTURES


def test_what_is_not_here_cannot_be_moved_or_removed() -> None:
    gallery = a_gallery(1)
    with pytest.raises(NotFound):
        gallery.move(PictureId(new_id()), 1)
    with pytest.raises(NotFound):
        gallery.remove(PictureId(new_id()))


def test_files_are_named_by_digest_and_size() -> None:
    assert file_name(A) == f"aa/{A}.webp"
    assert file_names(B) == (f"bb/{B}.webp", f"bb/{B}-64.webp", f"bb/{B}-256.webp", f"bb/{B}-768.webp")
    picture = a_gallery().add(PictureId(new_id()), A)
    assert picture.url == f"/media/aa/{A}.webp"
    assert picture.thumbnails == {size: f"/media/aa/{A}-{size}.webp" for size in ("64", "256", "768")}
