package io.zigma.codec;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.zigma.nn.GroupNorm;
import io.zigma.nn.Pass;
import io.zigma.nn.PictureConvolution;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.GatedSum;
import io.zigma.op.Scratch;
import org.jspecify.annotations.Nullable;

/**
 * Two convolutions of 3 × 3, each after a group norm and SiLU, added to their input (diffusers
 * {@code ResnetBlock2D} without a time). (B, in, H, W) to (B, out, H, W).
 */
final class ResidualBlock extends UnaryBlock {

    private final int outputs;
    private final GroupNorm norm1;
    private final PictureConvolution conv1;
    private final GroupNorm norm2;
    private final PictureConvolution conv2;
    private final @Nullable PictureConvolution shortcut;

    ResidualBlock(AutoencoderConfig config, int inputs, int outputs) {
        this(inputs, outputs, config.groups(), config.epsilon());
    }

    /**
     * Makes a block.
     *
     * @param inputs channels in
     * @param outputs channels out
     * @param groups of each norm
     * @param epsilon of each norm
     */
    ResidualBlock(int inputs, int outputs, int groups, double epsilon) {
        this.outputs = outputs;
        norm1 = child("norm1", new GroupNorm(inputs, groups, epsilon));
        conv1 = child("conv1", PictureConvolution.same(inputs, outputs, 3));
        norm2 = child("norm2", new GroupNorm(outputs, groups, epsilon));
        conv2 = child("conv2", PictureConvolution.same(outputs, outputs, 3));
        shortcut =
                inputs == outputs
                        ? null
                        : child("conv_shortcut", PictureConvolution.same(inputs, outputs, 1));
    }

    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(
                () -> {
                    // each picture is let go once it is used: at full size one takes 256 MB
                    NDArray h = Scratch.then(norm1.applySilu(pass, x), n -> conv1.apply(pass, n));
                    NDArray m = Scratch.then(h, n -> norm2.applySilu(pass, n));
                    NDArray y = Scratch.then(m, n -> conv2.apply(pass, n)); // (B, out, H, W)
                    NDArray skip = shortcut == null ? x : shortcut.apply(pass, x);
                    return GatedSum.of(skip, y);
                });
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape x = inputShapes[0];
        return new Shape[] {new Shape(x.get(0), outputs, x.get(2), x.get(3))};
    }
}
