package io.zigma.codec;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.Scratch;
import org.jspecify.annotations.Nullable;

/**
 * A residual block, attention where there is any, and a second residual block, at the lowest level
 * (diffusers {@code UNetMidBlock2D}). (B, C, H, W) to (B, C, H, W).
 */
final class MiddleBlock extends UnaryBlock {

    private final ResidualBlock first;
    private final @Nullable PictureAttention attention;
    private final ResidualBlock second;

    MiddleBlock(AutoencoderConfig config, int channels) {
        first = child("resnets.0", new ResidualBlock(config, channels, channels));
        attention =
                config.middleAttention()
                        ? child("attentions.0", new PictureAttention(config, channels))
                        : null;
        second = child("resnets.1", new ResidualBlock(config, channels, channels));
    }

    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(
                () -> {
                    NDArray h = first.apply(pass, x);
                    return second.apply(pass, attention == null ? h : attention.apply(pass, h));
                });
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}
