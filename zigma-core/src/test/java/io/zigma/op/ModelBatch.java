package io.zigma.op;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.zigma.backbone.zigma.Positions;
import io.zigma.backbone.zigma.ZigMa;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.base.SampleShape;
import io.zigma.condition.ByClass;
import io.zigma.condition.ByText;
import io.zigma.condition.Condition;
import io.zigma.condition.Conditioning;
import io.zigma.condition.Unconditional;
import io.zigma.nn.MambaConfig;
import io.zigma.nn.NormKind;
import io.zigma.nn.Pass;
import io.zigma.scan.Bidirectional;
import io.zigma.scan.Factorised;
import io.zigma.scan.Fidelity;
import io.zigma.scan.Parallel;
import io.zigma.scan.ScanScheme;
import io.zigma.scan.Zigzag;
import java.util.List;
import java.util.Random;

/** Whether small models of every kind give an image the same numbers alone as in batches. */
final class ModelBatch {

    private static final int WIDTH = 144; // wide enough to be rounded to bfloat16
    private static final int CLASSES = 3;
    private static final int TEXT_TOKENS = 5;
    private static final int TEXT_WIDTH = 24;

    /** Kinds of models that go through different operations. */
    enum Kind {
        UNCONDITIONAL(image(8), 2, new Zigzag(4), new Unconditional()),
        BY_CLASS(image(14), 2, new Bidirectional(), new ByClass(CLASSES, true)),
        BY_TEXT(image(6), 2, new Zigzag(4), new ByText(TEXT_WIDTH, TEXT_TOKENS)),
        BY_MASKED_TEXT(image(6), 2, new Zigzag(4), new ByText(TEXT_WIDTH, TEXT_TOKENS)),
        SIDE_BY_SIDE(image(10), 1, new Parallel(3), new Unconditional()),
        VIDEO(
                SampleShape.video(3, 4, 6, 6),
                2,
                Factorised.of("st", Fidelity.CORRECT),
                new Unconditional());

        private final ZigMaConfig config;

        Kind(SampleShape sample, int patch, ScanScheme scan, Conditioning conditioning) {
            config =
                    new ZigMaConfig(
                            sample,
                            patch,
                            WIDTH,
                            2,
                            scan,
                            MambaConfig.PUBLISHED,
                            Positions.LEARNED,
                            sample.isVideo(),
                            sample.height() > 8 ? NormKind.RMS : NormKind.LAYER,
                            1e-5,
                            0,
                            conditioning);
        }

        ZigMaConfig config() {
            return config;
        }

        private static SampleShape image(int side) {
            return SampleShape.image(4, side, side);
        }
    }

    private ModelBatch() {}

    /** Returns for which batches a model gives an image other numbers than alone. */
    static List<String> differences(Kind kind, DensePath path, Precision precision) {
        DenseChoice.force(path);
        try (NDManager manager = NDManager.newBaseManager()) {
            ZigMa model = new ZigMa(kind.config);
            model.initialize(manager);
            Random random = new Random(3);
            model.namedParameters()
                    .values()
                    .forEach(
                            p ->
                                    ScanProblem.normal(manager, random, p.getShape(), 0.1f)
                                            .copyTo(p.getArray()));
            model.setPrecision(precision);
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            Shape image = kind.config.sample().shape();
            return BatchCheck.differences(
                    "%s by %s in %s".formatted(kind, path, precision),
                    manager,
                    // an image's condition follows its values, so that it is one row
                    new Shape(1, image.size() + 1 + TEXT_TOKENS * TEXT_WIDTH),
                    List.of(1, 2, 3, 5, 8, 16),
                    rows ->
                            Scratch.freed(
                                    () -> {
                                        long batch = rows.getShape().get(0);
                                        long end = image.size();
                                        NDArray x =
                                                rows.get(":, :{}", end)
                                                        .reshape(new Shape(batch).addAll(image))
                                                        .duplicate();
                                        NDArray t = rows.get(":, {}", end).abs().minimum(1);
                                        NDArray rest = rows.get(":, {}:", end + 1).duplicate();
                                        return model.forward(pass, x, t, condition(kind, rest));
                                    }));
        } finally {
            DenseChoice.force(null);
        }
    }

    private static Condition condition(Kind kind, NDArray rest) {
        return switch (kind) {
            case BY_CLASS ->
                    Condition.ofLabels(
                            rest.get(":, 0")
                                    .abs()
                                    .minimum(CLASSES - 1)
                                    .toType(DataType.INT64, true));
            case BY_TEXT ->
                    Condition.ofContext(
                            rest.reshape(rest.getShape().get(0), TEXT_TOKENS, TEXT_WIDTH));
            case BY_MASKED_TEXT -> {
                NDArray texts = rest.reshape(rest.getShape().get(0), TEXT_TOKENS, TEXT_WIDTH);
                NDArray mask = texts.get(":, :, 0").gt(0).toType(DataType.FLOAT32, true);
                mask.set(new NDIndex(":, 0"), 1f); // a text has a beginning
                yield new Condition(null, texts, mask);
            }
            case UNCONDITIONAL, SIDE_BY_SIDE, VIDEO -> Condition.NONE;
        };
    }
}
