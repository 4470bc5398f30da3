package io.zigma.codec;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.zigma.nn.Pass;
import io.zigma.nn.PictureConvolution;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.Convolution;
import io.zigma.op.Scratch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Residual blocks at one resolution, each with attention after it where the level has any, and then
 * the way to the next resolution (diffusers {@code DownEncoderBlock2D}, {@code UpDecoderBlock2D}).
 */
final class AutoencoderLevel extends UnaryBlock {

    /** How a level goes on to the next. */
    enum Next {
        /** Pads right and below by one pixel, then a convolution of 3 × 3 at every second pixel. */
        HALVED("downsamplers.0.conv") {
            @Override
            PictureConvolution layer(int channels) {
                return PictureConvolution.halving(channels);
            }

            @Override
            NDArray prepared(NDArray x) {
                return x.pad(new Shape(0, 1, 0, 1), 0);
            }

            @Override
            long side(long side) {
                return side / 2;
            }
        },
        /** Each pixel four times, then a convolution of 3 × 3. */
        DOUBLED("upsamplers.0.conv") {
            @Override
            PictureConvolution layer(int channels) {
                return PictureConvolution.same(channels, channels, 3);
            }

            @Override
            NDArray prepared(NDArray x) {
                return Convolution.doubled(x);
            }

            @Override
            long side(long side) {
                return side * 2;
            }
        };

        private final String place;

        Next(String place) {
            this.place = place;
        }

        abstract PictureConvolution layer(int channels);

        abstract NDArray prepared(NDArray x);

        abstract long side(long side);
    }

    private final int outputs;
    private final List<ResidualBlock> blocks = new ArrayList<>();
    private final List<PictureAttention> attentions = new ArrayList<>();
    private final @Nullable Next next;
    private final @Nullable PictureConvolution resampling;

    /**
     * Makes a level.
     *
     * @param config the autoencoder's shape
     * @param inputs channels in
     * @param outputs channels out
     * @param count residual blocks
     * @param attention whether each is followed by attention
     * @param next how it goes on; null for the last level
     */
    AutoencoderLevel(
            AutoencoderConfig config,
            int inputs,
            int outputs,
            int count,
            boolean attention,
            @Nullable Next next) {
        this.outputs = outputs;
        this.next = next;
        for (int i = 0; i < count; i++) {
            blocks.add(
                    child(
                            "resnets." + i,
                            new ResidualBlock(config, i == 0 ? inputs : outputs, outputs)));
            if (attention) {
                attentions.add(child("attentions." + i, new PictureAttention(config, outputs)));
            }
        }
        resampling = next == null ? null : child(next.place, next.layer(outputs));
    }

    @Override
    public NDArray apply(Pass pass, NDArray x) {
        return Scratch.freed(
                () -> {
                    NDArray h = blocks.get(0).apply(pass, x);
                    for (int i = 0; i < blocks.size(); i++) {
                        ResidualBlock block = blocks.get(i);
                        h = i == 0 ? h : Scratch.then(h, n -> block.apply(pass, n));
                        if (!attentions.isEmpty()) {
                            PictureAttention attention = attentions.get(i);
                            h = Scratch.then(h, n -> attention.apply(pass, n));
                        }
                    }
                    if (next == null || resampling == null) {
                        return h;
                    }
                    NDArray wide = Scratch.then(h, next::prepared);
                    return Scratch.then(wide, n -> resampling.apply(pass, n));
                });
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape x = inputShapes[0];
        return new Shape[] {
            new Shape(
                    x.get(0),
                    outputs,
                    next == null ? x.get(2) : next.side(x.get(2)),
                    next == null ? x.get(3) : next.side(x.get(3)))
        };
    }
}
