#!/usr/bin/env bash
# Trains recipe llama-cgd with torchtune. Written by cgd-recipes 0.1.0; change the recipe, not this file.
#
#   one node:       bash launch.sh
#   several nodes:  on every node: NNODES=2 MASTER_ADDR=<host of the first> bash launch.sh
#   Slurm:          from this folder, which must be on a file system that all nodes share:
#                   sbatch --nodes=2 --ntasks-per-node=1 --gpus-per-node=8 --wrap 'srun bash launch.sh'
#
# GPUS_PER_NODE sets the GPUs to use (otherwise those of CUDA_VISIBLE_DEVICES or of the Slurm job where these are set, else
# those that nvidia-smi lists); DRY_RUN=1 only prints the command; arguments go to the trainer.
set -euo pipefail
CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")"

export HF_HUB_DISABLE_TELEMETRY=1 DO_NOT_TRACK=1

dry_run=
[ "${DRY_RUN:-0}" = 0 ] || dry_run=1

nodes=${NNODES:-${SLURM_NNODES:-1}}
listed=$( (nvidia-smi -L 2>/dev/null || true) | grep -c '^GPU' || true)
if [ -n "${GPUS_PER_NODE:-}" ]; then
  gpus=$GPUS_PER_NODE
elif [ -n "${CUDA_VISIBLE_DEVICES+set}" ]; then
  # -1, like nothing, hides all GPUs.
  gpus=$(tr , '\n' <<<"${CUDA_VISIBLE_DEVICES#-1}" | grep -c . || true)
elif [ -n "${SLURM_GPUS_ON_NODE:-}" ]; then
  gpus=$SLURM_GPUS_ON_NODE
else
  gpus=$listed
  [ "$gpus" -gt 0 ] || gpus=8
fi
for count in "$nodes" "$gpus"; do
  if [[ ! $count =~ ^(0|[1-9][0-9]*)$ ]]; then
    echo "launch.sh: '$count' is not a number of nodes or GPUs; set NNODES and GPUS_PER_NODE to whole numbers." >&2
    exit 1
  fi
done
if [ "$gpus" -eq 0 ]; then
  echo "launch.sh: no GPU to train on: GPUS_PER_NODE is 0, or CUDA_VISIBLE_DEVICES hides all." >&2
  exit 1
fi
world=$((nodes * gpus))
if [ "$world" -eq 1 ] && [ "$listed" -gt 0 ]; then
  # One process that sees several GPUs would spread the model over them.
  devices=${CUDA_VISIBLE_DEVICES-0}
  export CUDA_VISIBLE_DEVICES=${devices%%,*}
fi

for argument in "$@"; do
  case $argument in
    batch_size=* | gradient_accumulation_steps=* | "~batch_size" | "~gradient_accumulation_steps")
      echo "launch.sh: '$argument' would change the global batch of 8; change the recipe instead." >&2
      exit 1
      ;;
  esac
done

batch=$((world * 1 * 1))
if [ "$batch" -ne 8 ]; then
  echo "launch.sh: $nodes node(s) x $gpus GPU(s) x micro batch 1 x accumulation 1 = $batch," >&2
  echo "but the recipe's global batch is 8. Use 1 x 8 GPUs (GPUS_PER_NODE, NNODES), or render" >&2
  echo "again with -s launch.nodes=$nodes -s launch.gpus_per_node=$gpus." >&2
  exit 1
fi

echo "d1c10b78c151accc614e8b4ef2be2b7f358925f2da7d9da1bf22a6b323db8d3c  data/train.jsonl" | sha256sum --check --quiet || {
  echo "launch.sh: data/train.jsonl is not the file that was rendered; render again." >&2
  exit 1
}

if [ "$nodes" -gt 1 ]; then
  if [ -n "${SLURM_JOB_NODELIST:-}" ] && [ -z "${MASTER_ADDR:-}" ] && command -v scontrol >/dev/null; then
    hosts=$(scontrol show hostnames "$SLURM_JOB_NODELIST")
    MASTER_ADDR=${hosts%%$'\n'*}
  fi
  : "${MASTER_ADDR:?set MASTER_ADDR to the host name of the first node}"
  # Every node must name the same rendezvous; a random id, as each would pick for itself, never forms.
  rendezvous=(--nnodes "$nodes" --nproc_per_node "$gpus" --rdzv_backend c10d
    --rdzv_id "${SLURM_JOB_ID:-llama-cgd-d1c10b78}" --rdzv_endpoint "$MASTER_ADDR:${MASTER_PORT:-29500}")
else
  rendezvous=(--standalone --nproc_per_node "$gpus")
fi

# Runs a command that a signal ends as if it had been started in place of this script. It runs in the background, because
# bash handles a signal only after the command in the foreground has ended; and as a job of its own, because bash has other
# background commands ignore Ctrl-C.
run() {
  local child status signalled=1
  set -m
  "$@" </dev/null &
  child=$!
  set +m
  trap 'signalled=1; kill -TERM "$child" 2>/dev/null || true' TERM
  trap 'signalled=1; kill -INT -- "-$child" 2>/dev/null || true' INT
  while [ -n "$signalled" ]; do
    signalled=
    status=0
    wait "$child" || status=$?
  done
  trap - TERM INT
  return "$status"
}

# Generation stops at an EOS, so the token that was trained to end a turn becomes one in the models in these folders.
set_eos() {
  python3 - '<|eot_id|>' "$@" <<'END'
import json
import os
import pathlib
import sys

token, *folders = sys.argv[1:]


def change(path, key, value):
    if path.is_file():
        values = json.loads(path.read_text(encoding="utf-8"))
        values[key] = value(values.get(key))
        # Other nodes that see the folder may be at it too.
        aside = path.with_name(f"{path.name}.{os.uname().nodename}.{os.getpid()}")
        aside.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        aside.replace(path)


for folder in map(pathlib.Path, folders):
    if not (folder / "config.json").is_file():
        continue
    added = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["added_tokens"]
    end = next((entry["id"] for entry in added if entry["content"] == token), None)
    if end is None:
        sys.exit(f"launch.sh: {folder}/tokenizer.json has no control token {token}, at which generation must stop")

    def stops(before):
        listed = before if isinstance(before, list) else [before]
        return [end, *(stop for stop in listed if stop not in (None, end))]

    change(folder / "config.json", "eos_token_id", stops)
    change(folder / "generation_config.json", "eos_token_id", stops)
    change(folder / "tokenizer_config.json", "eos_token", lambda before: token)
    change(folder / "special_tokens_map.json", "eos_token", lambda before: token)
END
}

if [ ! -d models/Llama-3.1-8B-Instruct ] && [ -z "$dry_run" ]; then
  run tune download meta-llama/Llama-3.1-8B-Instruct --output-dir models/Llama-3.1-8B-Instruct --ignore-patterns "original/consolidated*"
fi
if [ "$world" -eq 1 ]; then
  command=(tune run lora_finetune_single_device --config torchtune.yaml "$@")
else
  command=(tune run "${rendezvous[@]}" lora_finetune_distributed --config torchtune.yaml "$@")
fi

printf '%q ' "${command[@]}"
echo
# The student against what the recipe takes for granted, by the Python that the trainer runs in, before any GPU is used.
if [ -z "$dry_run" ]; then
  tool=$(readlink -f "$(command -v "${command[0]}")" || true)
  python=${tool%/*}/python
  [ -x "$python" ] || python=python3
  "$python" check_student.py check_student.json || {
    echo "launch.sh: nothing was started; correct the recipe or its family, and render again." >&2
    exit 1
  }
fi
[ -z "$dry_run" ] || exit 0
model=model
rmdir "$model"/epoch_*/.moving 2>/dev/null || true
run "${command[@]}"
# torchtune copies the student's own EOS.
set_eos "$model"/epoch_*
# The saved model has the adapter merged in. Beside it, transformers would find the adapter and add it a second time.
# The first node to get here, of those that see it, moves it away.
for folder in "$model"/epoch_*; do
  if [ -d "$folder" ] && mkdir "$folder/.moving" 2>/dev/null; then
    [ ! -f "$folder/adapter_config.json" ] || { mkdir -p "$folder/adapter" && mv "$folder"/adapter_* "$folder/adapter/"; }
    rmdir "$folder/.moving"
  fi
done
