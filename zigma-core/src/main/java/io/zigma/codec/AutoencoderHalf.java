package io.zigma.codec;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.zigma.nn.GroupNorm;
import io.zigma.nn.Pass;
import io.zigma.nn.PictureConvolution;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.Scratch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The encoder or the decoder: a convolution, then the levels and the middle in this order or the
 * other, a group norm with SiLU, and a convolution (diffusers {@code Encoder}, {@code Decoder}).
 */
final class AutoencoderHalf extends UnaryBlock {

    private final PictureConvolution first;
    private final List<UnaryBlock> path = new ArrayList<>();
    private final GroupNorm norm;
    private final PictureConvolution last;

    private AutoencoderHalf(AutoencoderConfig config, boolean encodes) {
        List<Integer> widths = config.widths();
        int levels = widths.size();
        int deepest = widths.get(levels - 1);
        int end;
        if (encodes) {
            first =
                    child(
                            "conv_in",
                            PictureConvolution.same(
                                    config.pixelChannels(), config.stemChannels(), 3));
            int inputs = config.stemChannels();
            for (int i = 0; i < levels; i++) {
                int width = widths.get(i);
                path.add(
                        child(
                                "down_blocks." + i,
                                new AutoencoderLevel(
                                        config,
                                        inputs,
                                        width,
                                        config.layersPerBlock(),
                                        config.attentionLevels().contains(i),
                                        i < levels - 1 ? AutoencoderLevel.Next.HALVED : null)));
                inputs = width;
            }
            path.add(child("mid_block", new MiddleBlock(config, deepest)));
            end = deepest;
        } else {
            first = child("conv_in", PictureConvolution.same(config.innerChannels(), deepest, 3));
            path.add(child("mid_block", new MiddleBlock(config, deepest)));
            int inputs = deepest;
            for (int i = levels - 1; i >= 0; i--) {
                int width = widths.get(i);
                path.add(
                        child(
                                "up_blocks." + (levels - 1 - i),
                                new AutoencoderLevel(
                                        config,
                                        inputs,
                                        width,
                                        config.layersPerBlock() + 1,
                                        config.attentionLevels().contains(i),
                                        i > 0 ? AutoencoderLevel.Next.DOUBLED : null)));
                inputs = width;
            }
            end = inputs;
        }
        norm = child("conv_norm_out", new GroupNorm(end, config.groups(), config.epsilon()));
        last =
                child(
                        "conv_out",
                        PictureConvolution.same(
                                end,
                                encodes ? 2 * config.innerChannels() : config.pixelChannels(),
                                3));
    }

    /** Makes an encoder: (B, C, H, W) to mean and logarithm of variance (B, 2·c, H/f, W/f). */
    static AutoencoderHalf encoder(AutoencoderConfig config) {
        return new AutoencoderHalf(config, true);
    }

    /** Makes a decoder: (B, c, h, w) to (B, C, h·f, w·f). */
    static AutoencoderHalf decoder(AutoencoderConfig config) {
        return new AutoencoderHalf(config, false);
    }

    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(
                () -> {
                    NDArray h = first.apply(pass, x);
                    for (UnaryBlock block : path) {
                        h = Scratch.then(h, n -> block.apply(pass, n));
                    }
                    NDArray n = Scratch.then(h, y -> norm.applySilu(pass, y));
                    return Scratch.then(n, y -> last.apply(pass, y));
                });
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape shape = first.getOutputShapes(inputShapes)[0];
        List<UnaryBlock> rest = new ArrayList<>(path);
        Collections.addAll(rest, norm, last);
        for (UnaryBlock block : rest) {
            shape = block.getOutputShapes(new Shape[] {shape})[0];
        }
        return new Shape[] {shape};
    }
}
