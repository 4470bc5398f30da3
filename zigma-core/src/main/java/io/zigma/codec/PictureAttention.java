package io.zigma.codec;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.zigma.nn.Dense;
import io.zigma.nn.GroupNorm;
import io.zigma.nn.Pass;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.Attention;
import io.zigma.op.GatedSum;
import io.zigma.op.Scratch;

/**
 * Attention of one head among all pixels, added to its input (diffusers {@code Attention} with
 * {@code group_norm} and {@code residual_connection}; CompVis {@code AttnBlock}, whose convolutions
 * of one pixel are the same products). (B, C, H, W) to (B, C, H, W).
 */
final class PictureAttention extends UnaryBlock {

    private final GroupNorm norm;
    private final Dense queries;
    private final Dense keys;
    private final Dense values;
    private final Dense output;

    PictureAttention(AutoencoderConfig config, int channels) {
        norm = child("group_norm", new GroupNorm(channels, config.groups(), config.epsilon()));
        queries = child("to_q", new Dense(channels, channels, true));
        keys = child("to_k", new Dense(channels, channels, true));
        values = child("to_v", new Dense(channels, channels, true));
        output = child("to_out.0", new Dense(channels, channels, true));
    }

    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(
                () -> {
                    Shape shape = x.getShape();
                    NDArray n =
                            norm.apply(pass, x)
                                    .reshape(shape.get(0), shape.get(1), -1)
                                    .transpose(0, 2, 1); // (B, H·W, C)
                    NDArray attended =
                            Attention.apply(
                                    queries.apply(pass, n),
                                    keys.apply(pass, n),
                                    values.apply(pass, n),
                                    1); // (B, H·W, C)
                    NDArray y = output.apply(pass, attended).transpose(0, 2, 1).reshape(shape);
                    return GatedSum.of(x, y); // (B, C, H, W)
                });
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}
