"""What scripts/evaluate is made of, in reading order: films.py (renders films
and asks the program), truth.py (what is to be found on them), figures.py and
boxes.py (arithmetic), report.py (answers beside the truth), promises.py
(what is promised of a bundle), show.py (text and JSON), calibration.py,
bundle_text.py and picture.py (stated confidence); realism.py and card.py
are programs of their own."""
