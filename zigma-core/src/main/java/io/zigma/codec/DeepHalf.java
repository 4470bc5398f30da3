package io.zigma.codec;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.zigma.codec.AutoencoderLevel.Next;
import io.zigma.nn.GroupNorm;
import io.zigma.nn.Pass;
import io.zigma.nn.PictureConvolution;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.GradientTape;
import io.zigma.op.Scratch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * The network of a {@link DeepAutoencoder}'s encoder or decoder: residual blocks at each level, a
 * convolution to the next, and a group norm with SiLU before the last convolution. Squares of
 * pixels come in and go out as channels, so that no layer works at the pictures' own resolution.
 */
final class DeepHalf extends UnaryBlock {

    /** The norms' ε. */
    static final double EPSILON = 1e-6;

    private final DeepAutoencoderConfig config;
    private final boolean encodes;
    private final PictureConvolution first;
    private final List<UnaryBlock> path = new ArrayList<>();
    private final GroupNorm norm;
    private final PictureConvolution last;

    private DeepHalf(DeepAutoencoderConfig config, boolean encodes) {
        this.config = config;
        this.encodes = encodes;
        List<Integer> widths = new ArrayList<>(config.widths());
        int patch = config.pixelChannels() * config.patch() * config.patch();
        if (!encodes) {
            Collections.reverse(widths);
        }
        int end = widths.get(widths.size() - 1);
        first =
                child(
                        "conv_in",
                        PictureConvolution.same(
                                encodes ? patch : config.latentChannels(), widths.get(0), 3));
        int inputs = widths.get(0);
        for (int i = 0; i < widths.size(); i++) {
            int width = widths.get(i);
            for (int k = 0; k < config.layersPerBlock(); k++) {
                path.add(
                        child(
                                "levels.%s.blocks.%s".formatted(i, k),
                                new ResidualBlock(inputs, width, config.groups(), EPSILON)));
                inputs = width;
            }
            if (i < widths.size() - 1) {
                path.add(
                        child(
                                "levels.%s.next".formatted(i),
                                new Resampling(width, encodes ? Next.HALVED : Next.DOUBLED)));
            }
        }
        norm = child("norm_out", new GroupNorm(end, config.groups(), EPSILON));
        last =
                child(
                        "conv_out",
                        PictureConvolution.same(end, encodes ? config.latentChannels() : patch, 3));
    }

    /** Makes an encoder: (B, C, H, W) to (B, c, H/f, W/f). */
    static DeepHalf encoder(DeepAutoencoderConfig config) {
        return new DeepHalf(config, true);
    }

    /** Makes a decoder: (B, c, h, w) to (B, C, h·f, w·f). */
    static DeepHalf decoder(DeepAutoencoderConfig config) {
        return new DeepHalf(config, false);
    }

    /** To half the sides by a convolution at every second pixel, or to twice them. */
    private static final class Resampling extends UnaryBlock {

        private final Next next;
        private final PictureConvolution convolution;

        Resampling(int channels, Next next) {
            this.next = next;
            convolution = child("conv", next.layer(channels));
        }

        @Override
        public NDArray apply(Pass pass, NDArray x) {
            return Scratch.freed(() -> convolution.apply(pass, next.prepared(x)));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            Shape x = inputShapes[0];
            return new Shape[] {
                new Shape(x.get(0), x.get(1), next.side(x.get(2)), next.side(x.get(3)))
            };
        }
    }

    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(
                () -> {
                    NDArray h =
                            first.apply(
                                    pass, encodes ? SpaceToChannels.apply(x, config.patch()) : x);
                    for (UnaryBlock block : path) {
                        h = layer(block, pass, h);
                    }
                    NDArray cut = GradientTape.accumulateAt(h);
                    NDArray y = last.apply(pass, norm.applySilu(pass, cut));
                    return encodes ? y : SpaceToChannels.inverse(y, config.patch());
                });
    }

    private static NDArray layer(UnaryBlock block, Pass pass, NDArray x) {
        return GradientTape.block(
                List.of(x), inputs -> block.apply(pass, Objects.requireNonNull(inputs.get(0))));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape x = inputShapes[0];
        int f = config.factor();
        return new Shape[] {
            encodes
                    ? new Shape(x.get(0), config.latentChannels(), x.get(2) / f, x.get(3) / f)
                    : new Shape(x.get(0), config.pixelChannels(), x.get(2) * f, x.get(3) * f)
        };
    }
}
