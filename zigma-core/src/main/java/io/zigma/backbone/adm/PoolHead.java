package io.zigma.backbone.adm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import io.zigma.nn.Dense;
import io.zigma.nn.GroupNorm;
import io.zigma.nn.Pass;
import io.zigma.nn.PictureConvolution;
import io.zigma.nn.UnaryBlock;
import io.zigma.op.Scratch;
import io.zigma.op.Silu;

/** The last layers of the classifier: from what it saw to logits (B, classes). */
abstract class PoolHead extends UnaryBlock {

    private static final int SPATIAL_SIZE = 2048;

    private final int classes;

    private PoolHead(int classes) {
        this.classes = classes;
    }

    /**
     * Makes the head of a pool.
     *
     * @param config of the classifier
     * @param channels of the last picture
     * @param allChannels of all pictures together
     * @return a head that takes the last picture (B, C, h, w), or the means of all pictures (B,
     *     allChannels) where the pool reads all
     */
    static PoolHead of(AdmClassifierConfig config, int channels, int allChannels) {
        return switch (config.pool()) {
            case ADAPTIVE -> new Adaptive(channels, config.classes());
            case ATTENTION -> new Attending(config, channels);
            case SPATIAL -> new Spatial(allChannels, config.classes());
            case SPATIAL_V2 -> new SpatialV2(allChannels, config.classes());
        };
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0), classes)};
    }

    private static final class Adaptive extends PoolHead {

        private final GroupNorm norm;
        private final PictureConvolution last;

        Adaptive(int channels, int classes) {
            super(classes);
            norm = child("0", new GroupNorm(channels, AdmShape.GROUPS, AdmShape.EPSILON));
            last = child("3", PictureConvolution.same(channels, classes, 1));
        }

        @Override
        public NDArray apply(Pass pass, NDArray x) {
            return Scratch.freed(
                    () -> {
                        NDArray n = norm.applySilu(pass, x); // (B, C, h, w)
                        NDArray mean =
                                n.reshape(n.size(0), n.size(1), -1)
                                        .mean(new int[] {2})
                                        .reshape(n.size(0), n.size(1), 1, 1);
                        return last.apply(pass, mean).reshape(n.size(0), -1); // (B, classes)
                    });
        }
    }

    private static final class Attending extends PoolHead {

        private final GroupNorm norm;
        private final AttentionPool pool;

        Attending(AdmClassifierConfig config, int channels) {
            super(config.classes());
            norm = child("0", new GroupNorm(channels, AdmShape.GROUPS, AdmShape.EPSILON));
            pool =
                    child(
                            "2",
                            new AttentionPool(
                                    channels,
                                    config.lowestPixels(),
                                    config.shape().headsOf(channels),
                                    config.classes()));
        }

        @Override
        public NDArray apply(Pass pass, NDArray x) {
            return Scratch.freed(() -> pool.apply(pass, norm.applySilu(pass, x)));
        }
    }

    private static final class Spatial extends PoolHead {

        private final Dense first;
        private final Dense last;

        Spatial(int inputs, int classes) {
            super(classes);
            first = child("0", new Dense(inputs, SPATIAL_SIZE, true));
            last = child("2", new Dense(SPATIAL_SIZE, classes, true));
        }

        @Override
        public NDArray apply(Pass pass, NDArray x) {
            return Scratch.freed(() -> last.apply(pass, Activation.relu(first.apply(pass, x))));
        }
    }

    private static final class SpatialV2 extends PoolHead {

        private final Dense first;
        private final GroupNorm norm;
        private final Dense last;

        SpatialV2(int inputs, int classes) {
            super(classes);
            first = child("0", new Dense(inputs, SPATIAL_SIZE, true));
            norm = child("1", new GroupNorm(SPATIAL_SIZE, AdmShape.GROUPS, AdmShape.EPSILON));
            last = child("3", new Dense(SPATIAL_SIZE, classes, true));
        }

        @Override
        public NDArray apply(Pass pass, NDArray x) {
            return Scratch.freed(
                    () -> {
                        NDArray y = first.apply(pass, x); // (B, 2048)
                        NDArray normed = norm.apply(pass, y.reshape(y.size(0), SPATIAL_SIZE, 1, 1));
                        return last.apply(
                                pass, Silu.apply(normed.reshape(y.size(0), SPATIAL_SIZE)));
                    });
        }
    }
}
