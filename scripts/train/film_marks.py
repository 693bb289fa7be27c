"""Things on a film that are no anatomy: lead letters, rulers, shutters."""


BETWEEN_LEGS = (0.45, 0.55)  # of the film's width: where a ruler may lie


def add_marks(rng, pixels, detector, ruler_at=BETWEEN_LEGS):
    """Draw marks into pixels (rows, columns), in place."""
    if rng.random() < 0.7:
        _add_letter(rng, pixels, detector.spacing)
    if rng.random() < 0.5:
        _add_ruler(rng, pixels, detector.spacing, ruler_at)
    if rng.random() < 0.6:
        _add_shutters(rng, pixels)


def _add_letter(rng, pixels, spacing):
    """A lead letter about 20 mm high."""
    rows, columns = pixels.shape
    unit = max(1, round(4.5 / spacing))  # stroke width in pixels
    x = int(rng.uniform(0.02, 0.9) * columns)
    y = int(rng.uniform(0.02, 0.95) * rows)
    pixels[y:y + 5 * unit, x:x + unit] = 1
    pixels[y:y + unit, x:x + 3 * unit] = 1
    pixels[y + 2 * unit:y + 3 * unit, x:x + 3 * unit] = 1


def _add_ruler(rng, pixels, spacing, ruler_at):
    """A radiopaque ruler with a tick every 10 mm."""
    rows, columns = pixels.shape
    x = int(columns * rng.uniform(*ruler_at))
    half = max(2, round(4.5 / spacing))
    thick = max(1, round(1.5 / spacing))
    for y in range(8, rows - 8, max(2, round(10 / spacing))):
        tick = pixels[y:y + thick, x - half:x + half]
        tick[tick < 0.95] = 0.95


def _add_shutters(rng, pixels):
    """Collimation: black bars at the edges."""
    rows, columns = pixels.shape
    left, right = (int(rng.uniform(0, 0.06) * columns) for _ in range(2))
    top, bottom = (int(rng.uniform(0, 0.015) * rows) for _ in range(2))
    pixels[:top] = 0
    pixels[rows - bottom:] = 0
    pixels[:, :left] = 0
    pixels[:, columns - right:] = 0
