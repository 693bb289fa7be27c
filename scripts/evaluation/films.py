"""Films with known truth, and what the program says about them."""

import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILMS_PER_CALL = 64
LEGS = "leg-alignment"   # has an exporter of its own


def analyse(osteon, config, model, films):
    """{file name: answer} of the program for a list of paths."""
    answers = {}
    for start in range(0, len(films), FILMS_PER_CALL):
        command = [str(osteon), "analyse", "-c", str(config),
                   "--model", model, "--json",
                   *map(str, films[start:start + FILMS_PER_CALL])]
        output = subprocess.run(command, stdout=subprocess.PIPE,
                                check=False).stdout.decode()
        for line in output.splitlines():
            if line.strip():
                answer = json.loads(line)
                answers[pathlib.Path(answer["file"]).name] = answer
    return answers


def render(model, meshes, directory, count, seed):
    """Fresh films with truth.json in directory, unless they are there."""
    asked = {"model": model, "films": count, "seed": seed}
    note = directory / "rendered.json"
    if note.exists() and json.loads(note.read_text()) == asked:
        return
    python = os.environ.get("PYTHON", "/usr/bin/python3")
    train = ROOT / "scripts/train"
    command = ([train / "dicom_export.py", "--special"] if model == LEGS
               else [train / "film_set.py", model])
    subprocess.run([python, *map(str, command), str(directory),
                    "--meshes", str(meshes), "--films", str(count),
                    "--seed", str(seed)],
                   check=True,
                   env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1"))
    note.write_text(json.dumps(asked))


def answered(osteon, config, model, directory):
    """[(film, truth, answer or None)] of a directory with a truth.json."""
    truth = json.loads((directory / "truth.json").read_text())
    names = sorted(truth)
    answers = analyse(osteon, config, model,
                      [directory / name for name in names])
    return [(name, truth[name], answers.get(name)) for name in names]
