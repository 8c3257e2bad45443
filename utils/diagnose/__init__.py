"""``diagnose(my_attention)``: every probe we know, put to a function that somebody wrote.

The function is a black box. Its weights are read off its answers: with the identity for values, the answer *is* α.
"""

from utils.checks import limits
from utils.diagnose import probe_inputs, probe_masks, probe_numbers, probe_shapes, probe_weights
from utils.diagnose.diagnosis import Diagnosis
from utils.diagnose.patient import CONVENTIONS, Failed, Finding, Patient, Skipped
from utils.validation import check_choice

__all__ = ["Diagnosis", "Finding", "diagnose"]

PROBES = [*probe_shapes.PROBES, *probe_weights.PROBES, *probe_masks.PROBES, *probe_numbers.PROBES, *probe_inputs.PROBES]


def diagnose(attend, *, mask="may look", causal=False, step=None):
    """Examine an attention, and tell in words and numbers what is wrong with it.

    attend: (q, k, v) or (q, k, v, mask) -> the answers, or (answers, weights); NumPy arrays or torch tensors, of two,
        three or four axes: (n_q, d), (n_k, d), (n_k, d_v), with a batch and heads in front where it takes them
    mask: what its mask means: "may look" (boolean, True = may look), "forbidden" (boolean, True = may not),
        "added" (numbers added to the scores, -inf forbids)
    causal: whether it forbids the future by itself, without being given a mask
    step: the same attention with a cache, (cache, q, k, v) -> (answer, cache), one place at a time; cache is None at
        the first place, and after that whatever the step before returned

    Returns a Diagnosis: its ``findings`` each have a name, evidence with numbers, and a hint; it prints as text.
        Whatever the function does, it is reported, never raised; after ten seconds it is stopped.
    Raises ValueError for a mask that is none of these words.

    >>> from utils.attention import attention, softmax
    >>> diagnose(attention).findings
    []
    >>> diagnose(lambda q, k, v: softmax(q @ k.mT) @ v).names()
    ['scale']
    """
    check_choice(CONVENTIONS, mask=mask)
    report = Diagnosis(getattr(attend, "__name__", type(attend).__name__))
    patient = Patient(attend, mask=mask, causal=causal, step=step)
    try:
        with limits.nothing_leaks(), limits.time_limit():
            for name, probe in [*PROBES, *([("cache", probe_inputs.cache)] if step else [])]:
                _put(report, patient, name, probe)
                if patient.hopeless:
                    break
    except TimeoutError:
        late = f"after {limits.LIMIT} seconds it was still running, and was stopped"
        report.findings.append(Finding("endless", late))
    return report


def _put(report, patient, name, probe):
    """Put one probe to the function, and write down what came out."""
    try:
        found = list(probe(patient))
    except Skipped as why:
        report.skipped.append((name, str(why)))
        return
    except Failed as failed:
        found = [Finding(name, str(failed))]
    report.findings += found
    if not found:
        report.passed.append(name)
