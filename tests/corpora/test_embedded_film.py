"""The embedded film: 72 frames of one size, of two characters, and the same every time."""

from lab.corpora.embedded_film import draw_silhouettes


def test_the_film_has_its_size_and_its_characters() -> None:
    film = draw_silhouettes()
    assert (len(film.frames), film.height, film.width, film.rate) == (72, 20, 50, 12)
    assert set("".join(film.frames)) == {"@", ".", "\n"}


def test_every_frame_is_new_and_the_film_is_the_same_again() -> None:
    film = draw_silhouettes()
    assert len(set(film.frames)) == 72 and draw_silhouettes() == film
