# What the scripts measure-ablation, measure-comparison and measure-precision share; they source it.

# The classifier that measures class agreement knows the classes of Fashion-MNIST by these names.
labels='t-shirt,trouser,pullover,dress,coat,sandal,shirt,sneaker,bag,ankle boot'

# field NAME FILE: one value of a JSON file, or of the last line that has it.
field() { sed -n "s/.*\"$1\": *\([-0-9.eE]*\).*/\1/p" "$2" | tail -n 1; }

# loss RUN STEP: mean of the losses that the log has of the last quarter up to a step, every tenth step's; runs of a seed see the same
# pictures, noise and times.
loss() {
    sed -n 's/.*"step":\([0-9]*\),"loss":\([-0-9.eE]*\).*/\1 \2/p' "$1/log.jsonl" |
        awk -v to="$2" '$1 > to * 3 / 4 && $1 <= to { sum += $2; n++ } END { printf "%.5f\n", sum / n }'
}
