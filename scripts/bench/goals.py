"""What is asked of all receiving but receive-ct: ahead of every peer as
installed, and near the limit."""

import rounds

AS_INSTALLED = ("storescp", "dcmqrscp", "Orthanc")
NEAR_LIMIT = 0.7


def ahead_of_all(case, found):
    ours = rounds.median(found["osteon"])
    for peer in AS_INSTALLED:
        ratio = rounds.median(found[peer]) / ours
        case.goal(f"ahead of {peer}", f"{ratio:.1f} times", ratio > 1)
    share = rounds.median(found["limit"]) / ours
    case.goal(f"at least {NEAR_LIMIT} of the limit", f"{share:.2f}",
              share >= NEAR_LIMIT)
