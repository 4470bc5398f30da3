package io.zigma.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.zigma.base.Setting;
import io.zigma.mixer.MixerKind;
import io.zigma.nn.Dense;
import io.zigma.nn.MixerSpec;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.EachSequence;
import io.zigma.op.Scratch;
import io.zigma.scan.Grid;
import io.zigma.scan.LayerScan;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A mixer of one's own: a dense layer of each token's difference from the mean of all.
 *
 * @param biased whether the layer has a bias
 */
record ToyMixer(boolean biased) implements MixerSpec {

    private static final Setting BIAS = Setting.flag("bias", "whether the layer has a bias", true);

    static final MixerKind KIND =
            new MixerKind(
                    "toy-mean",
                    "difference from the mean, for tests",
                    List.of(BIAS),
                    values -> new ToyMixer(values.flag(BIAS)));

    @Override
    public String name() {
        return KIND.name();
    }

    @Override
    public Map<String, String> settings() {
        return Map.of(BIAS.name(), Boolean.toString(biased));
    }

    @Override
    public void check(int hiddenSize, Grid grid) {}

    @Override
    public UnaryBlock create(int hiddenSize, Grid grid, LayerScan scan) {
        return new FromMean(hiddenSize, biased);
    }

    @Override
    public Optional<LayerScan> scan(Grid grid, LayerScan scan) {
        return Optional.empty();
    }

    @Override
    public boolean followsScan() {
        return false;
    }

    private static final class FromMean extends UnaryBlock {

        private final Dense dense;

        FromMean(int hiddenSize, boolean biased) {
            dense = child("dense", new Dense(hiddenSize, hiddenSize, biased));
        }

        @Override
        public NDArray apply(Pass pass, NDArray x) {
            return Scratch.freed(
                    () ->
                            dense.apply(
                                    pass,
                                    EachSequence.of(
                                            x, part -> part.sub(part.mean(new int[] {1}, true)))));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }
}
