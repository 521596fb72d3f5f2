"""What the worker needs of the package `llama_cpp`, which may be of another version than ours.

A structure takes any name that is set, so what a version lacks would be lost without a word.
"""

from __future__ import annotations

from typing import Any, Final

NAMES: Final = (
    "llama_adapter_lora_free llama_adapter_lora_init llama_adapter_lora_p_ctypes "
    "llama_backend_init llama_batch llama_batch_free llama_batch_get_one llama_batch_init "
    "llama_context_default_params llama_decode llama_free llama_get_causal_attn "
    "llama_get_embeddings_seq llama_get_logits_ith llama_get_memory llama_init_from_model "
    "llama_log_callback llama_log_set llama_logit_bias llama_max_devices llama_memory_clear "
    "llama_memory_seq_cp llama_memory_seq_pos_max llama_memory_seq_pos_min llama_memory_seq_rm "
    "llama_model_chat_template llama_model_default_params llama_model_desc llama_model_free "
    "llama_model_get_vocab llama_model_has_decoder llama_model_has_encoder "
    "llama_model_is_diffusion llama_model_is_hybrid llama_model_is_recurrent "
    "llama_model_kv_override llama_model_load_from_file llama_model_meta_val_str "
    "llama_model_n_ctx_train llama_model_n_embd_out llama_model_n_params llama_model_n_swa "
    "llama_model_size llama_n_batch llama_n_ctx llama_n_ubatch llama_pooling_type llama_pos "
    "llama_progress_callback llama_sampler_accept llama_sampler_apply llama_sampler_chain_add "
    "llama_sampler_chain_default_params llama_sampler_chain_init llama_sampler_free "
    "llama_sampler_init_adaptive_p llama_sampler_init_dist llama_sampler_init_dry "
    "llama_sampler_init_grammar llama_sampler_init_greedy llama_sampler_init_logit_bias "
    "llama_sampler_init_min_p llama_sampler_init_mirostat llama_sampler_init_mirostat_v2 "
    "llama_sampler_init_penalties llama_sampler_init_temp_ext llama_sampler_init_top_k "
    "llama_sampler_init_top_n_sigma llama_sampler_init_top_p llama_sampler_init_typical "
    "llama_sampler_init_xtc llama_sampler_sample llama_seq_id llama_set_abort_callback "
    "llama_set_adapters_lora llama_set_n_threads llama_state_seq_get_data_ext "
    "llama_state_seq_get_size_ext llama_state_seq_set_data_ext llama_token llama_token_data "
    "llama_token_data_array llama_token_data_p llama_token_to_piece llama_tokenize "
    "llama_version llama_vocab_bos llama_vocab_eos llama_vocab_get_add_bos "
    "llama_vocab_get_add_eos llama_vocab_get_add_sep llama_vocab_get_attr "
    "llama_vocab_get_suppress_tokens llama_vocab_get_text llama_vocab_is_eog "
    "llama_vocab_n_tokens llama_vocab_sep llama_vocab_type LLAMA_KV_OVERRIDE_TYPE_INT "
    "LLAMA_KV_OVERRIDE_TYPE_STR LLAMA_LOAD_MODE_MLOCK LLAMA_LOAD_MODE_MMAP_MLOCK "
    "LLAMA_LOAD_MODE_NONE LLAMA_POOLING_TYPE_CLS LLAMA_POOLING_TYPE_LAST "
    "LLAMA_POOLING_TYPE_MEAN LLAMA_POOLING_TYPE_NONE LLAMA_POOLING_TYPE_RANK "
    "LLAMA_POOLING_TYPE_UNSPECIFIED LLAMA_SPLIT_MODE_NONE LLAMA_TOKEN_ATTR_CONTROL "
    "LLAMA_TOKEN_ATTR_RSTRIP LLAMA_TOKEN_ATTR_UNKNOWN LLAMA_TOKEN_ATTR_USER_DEFINED "
    "LLAMA_VOCAB_TYPE_BPE LLAMA_VOCAB_TYPE_NONE LLAMA_VOCAB_TYPE_WPM"
)
FIELDS: Final = {
    "llama_batch": "embd logits n_seq_id n_tokens pos seq_id token",
    "llama_context_params": (
        "embeddings flash_attn_type kv_unified n_batch n_ctx n_outputs_max n_seq_max n_threads "
        "n_threads_batch n_ubatch pooling_type rope_freq_base rope_freq_scale type_k type_v"
    ),
    "llama_model_params": (
        "kv_overrides load_mode main_gpu n_gpu_layers no_alloc progress_callback split_mode "
        "tensor_split"
    ),
}


def lacking(api: Any) -> str:
    """The first name that the module `llama_cpp.llama_cpp` lacks; empty if it has all."""
    for name in NAMES.split():
        if not hasattr(api, name):
            return name
    for structure, fields in FIELDS.items():
        there = {field[0] for field in getattr(api, structure)._fields_}
        for field in fields.split():
            if field not in there:
                return f"{structure}.{field}"
    return ""
