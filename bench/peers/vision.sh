#!/usr/bin/env bash
# Runs fastai, tuned PyTorch and tenfold in turn on the same photos and prints the ratios, round by round.
#   bench/peers/vision.sh PEERS PYTHON IMAGES [ROUNDS]
# PEERS: folder of the peer scripts (vision_fastai.py, vision_torch.py); PYTHON: their environment's python;
# IMAGES: train/CLASS and valid/CLASS. Run it on an idle machine; quote the medians of the ratios. ARCH=vgg16 and
# ARCH=efficientnet_lite0 take the scripts beside this one, since the peers' know neither (their loader is not timed again).
set -euo pipefail
peers=${1:?usage: vision.sh PEERS PYTHON IMAGES [ROUNDS]} python=${2:?} images=${3:?} rounds=${4:-3}
bench=${TENFOLD_BENCH_BIN:-build/release/vision_bench}
arch=${ARCH:-resnet18} size=${SIZE:-224} batch=${BATCH:-32} steps=${STEPS:-20}
export GOMP_SPINCOUNT=${GOMP_SPINCOUNT:-}
[ -n "$GOMP_SPINCOUNT" ] || unset GOMP_SPINCOUNT
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
field() { sed -n "s/.*\"$1\": *\([0-9.e+-]*\).*/\1/p"; }
echo "round fastai-train fastai-loader torch-model tenfold-train tenfold-loader tenfold-model | train/fastai loader/fastai model/torch"
for round in $(seq "$rounds"); do
  case $arch in
    resnet*) fastai=$("$python" "$peers/vision_fastai.py" --images "$images" --arch "$arch" --size "$size" --batch "$batch" --steps "$steps" --no-epoch 2>/dev/null) ;;
    *) fastai=$("$python" "$here/training_fastai.py" "$images" "$arch" --size "$size" --batch "$batch" --steps "$steps" 2>/dev/null) ;;
  esac
  ours=$("$bench" "$images" "$arch" "$size" "$batch" "$steps" modern)
  case $arch in
    efficientnet_lite*) torch=$("$python" "$here/network_timm.py" "$arch" --size "$size" --batch "$batch" --steps "$steps" 2>/dev/null) ;;
    *) torch=$("$python" "$peers/vision_torch.py" --synthetic --arch "$arch" --size "$size" --batch "$batch" --steps "$steps" --no-epoch 2>/dev/null) ;;
  esac
  alone=$("$bench" - "$arch" "$size" "$batch" "$steps")
  ft=$(echo "$fastai" | field images_per_s) fl=$(echo "$fastai" | field loader_images_per_s) tt=$(echo "$torch" | field images_per_s)
  ot=$(echo "$ours" | field images_per_s) ol=$(echo "$ours" | field loader_images_per_s) om=$(echo "$alone" | field images_per_s)
  awk -v r="$round" -v a="$ft" -v b="$fl" -v c="$tt" -v d="$ot" -v e="$ol" -v f="$om" \
    'BEGIN { printf "%s %.1f %.1f %.1f %.1f %.1f %.1f | %.2f %.2f %.2f\n", r, a, b, c, d, e, f, d/a, b ? e/b : 0, f/c }'
done
