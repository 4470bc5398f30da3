package io.zigma.backbone.zigma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Batch;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.NoopTranslator;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.condition.Condition;
import io.zigma.nn.Pass;
import io.zigma.op.GradientTape;
import java.nio.file.Path;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZigMaInDjlTest {

    private static final ZigMaConfig TINY = TinyModels.CONDITIONAL;

    private static final Shape[] INPUTS = {new Shape(4, 1, 4, 6), new Shape(4), new Shape(4)};

    private static final Shape TEXTS = new Shape(4, 3, 5);

    @Test
    void trainsInDjlsOwnTrainer() throws Exception {
        learns(TINY, ZigMaInDjlTest::labels);
    }

    @Test
    void aTextModelTrainsInDjlsOwnTrainer() throws Exception {
        learns(TinyModels.BY_TEXT, ZigMaInDjlTest::texts);
    }

    private static void learns(ZigMaConfig shape, Function<NDManager, NDArray> condition)
            throws Exception {
        try (Model model = Model.newInstance("tiny")) {
            model.setBlock(new ZigMa(shape));
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(Loss.l2Loss())
                            .optOptimizer(
                                    Optimizer.adam()
                                            .optLearningRateTracker(Tracker.fixed(1e-2f))
                                            .build());
            try (Trainer trainer = model.newTrainer(config)) {
                NDManager manager = trainer.getManager();
                NDArray values = condition.apply(manager);
                trainer.initialize(INPUTS[0], INPUTS[1], values.getShape());
                ArrayDataset data = dataset(manager, values);
                float before = loss(trainer, data);
                for (int pass = 0; pass < 20; pass++) {
                    for (Batch batch : trainer.iterateDataset(data)) {
                        try (batch) {
                            EasyTrain.trainBatch(trainer, batch);
                            trainer.step();
                        }
                    }
                }
                assertThat(loss(trainer, data)).isLessThan(0.8f * before);
            }
        }
    }

    @Test
    void anotherTextGivesAnotherPrediction() {
        try (NDManager manager = NDManager.newBaseManager()) {
            ZigMa zigma = TinyCheckpoints.model(TinyModels.BY_TEXT, 5, manager);
            NDList inputs = inputs(manager);
            NDArray texts = texts(manager);
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            assertThat(
                            zigma.forward(
                                            pass,
                                            inputs.get(0),
                                            inputs.get(1),
                                            Condition.ofContext(texts))
                                    .toFloatArray())
                    .isNotEqualTo(
                            zigma.forward(
                                            pass,
                                            inputs.get(0),
                                            inputs.get(1),
                                            Condition.ofContext(texts.flip(1, 2)))
                                    .toFloatArray());
        }
    }

    @Test
    void aPredictionOfATextModelLeavesNothingElseBehind() {
        try (NDManager model = NDManager.newBaseManager();
                NDManager manager = NDManager.newBaseManager()) {
            ZigMa zigma = TinyCheckpoints.model(TinyModels.BY_TEXT, 5, model);
            NDList inputs = inputs(manager);
            NDArray texts = texts(manager);
            ParameterStore store = new ParameterStore(model, false);
            int parameters = model.getManagedArrays().size();
            int before = manager.getManagedArrays().size();
            NDArray sampled =
                    zigma.forward(
                            Pass.inference(store),
                            inputs.get(0),
                            inputs.get(1),
                            Condition.ofContext(texts));
            assertThat(sampled.getManager()).isSameAs(manager);
            try (GradientTape tape = GradientTape.open()) {
                NDArray loss =
                        zigma.forward(
                                        Pass.training(store),
                                        inputs.get(0),
                                        inputs.get(1),
                                        Condition.ofContext(texts))
                                .mean();
                tape.backward(loss);
                loss.close();
            }
            assertThat(model.getManagedArrays()).as("parameters").hasSize(parameters);
            assertThat(manager.getManagedArrays())
                    .as("inputs and the two predictions")
                    .hasSize(before + 2);
        }
    }

    @Test
    void tokensOfAnotherTextEncoderAreRefused() {
        try (NDManager manager = NDManager.newBaseManager()) {
            ZigMa zigma = new ZigMa(TinyModels.BY_TEXT, 5);
            zigma.initialize(manager);
            NDList inputs = inputs(manager);
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            for (Shape wrong :
                    new Shape[] {new Shape(4, 3, 6), new Shape(2, 3, 5), new Shape(4, 5)}) {
                NDArray texts = manager.zeros(wrong);
                assertThatThrownBy(
                                () ->
                                        zigma.forward(
                                                pass,
                                                inputs.get(0),
                                                inputs.get(1),
                                                Condition.ofContext(texts)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("give tokens (4, n, 5), not " + wrong);
            }
            assertThatThrownBy(
                            () -> zigma.forward(pass, inputs.get(0), inputs.get(1), Condition.NONE))
                    .hasMessageContaining("give tokens (4, n, 5), not none");
        }
    }

    @Test
    void predictsTheSameThroughDjlsPredictorAsDirectly() throws Exception {
        try (Model model = Model.newInstance("tiny");
                NDManager manager = NDManager.newBaseManager()) {
            ZigMa zigma = new ZigMa(TINY, 5);
            zigma.initialize(model.getNDManager());
            model.setBlock(zigma);
            NDList inputs = inputs(manager);
            try (Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator())) {
                NDArray direct =
                        zigma.forward(
                                Pass.inference(new ParameterStore(manager, false)),
                                inputs.get(0),
                                inputs.get(1),
                                Condition.ofLabels(inputs.get(2)));
                assertThat(predictor.predict(inputs).singletonOrThrow().toFloatArray())
                        .isEqualTo(direct.toFloatArray());
            }
        }
    }

    @Test
    void savesAndLoadsAsDjlParameters(@TempDir Path folder) throws Exception {
        try (Model saved = Model.newInstance("tiny");
                Model loaded = Model.newInstance("tiny")) {
            ZigMa original = new ZigMa(TINY, 9);
            original.initialize(saved.getNDManager());
            saved.setBlock(original);
            saved.save(folder, "tiny");
            ZigMa copy = new ZigMa(TINY, 1);
            loaded.setBlock(copy);
            loaded.load(folder, "tiny");
            original.namedParameters()
                    .forEach(
                            (name, parameter) ->
                                    assertThat(
                                                    copy.namedParameters()
                                                            .get(name)
                                                            .getArray()
                                                            .toFloatArray())
                                            .as(name)
                                            .isEqualTo(parameter.getArray().toFloatArray()));
        }
    }

    private static NDList inputs(NDManager manager) {
        return new NDList(
                manager.create(ramp(4 * 24), INPUTS[0]),
                manager.create(new float[] {0.1f, 0.4f, 0.6f, 0.9f}),
                labels(manager));
    }

    private static NDArray texts(NDManager manager) {
        return manager.create(ramp(4 * 3 * 5), TEXTS);
    }

    private static NDArray labels(NDManager manager) {
        return manager.create(new long[] {0, 1, 2, 3});
    }

    private static ArrayDataset dataset(NDManager manager, NDArray values) {
        NDList inputs = inputs(manager);
        return new ArrayDataset.Builder()
                .setData(inputs.get(0), inputs.get(1), values)
                .optLabels(manager.ones(INPUTS[0], DataType.FLOAT32))
                .setSampling(4, false)
                .build();
    }

    private static float loss(Trainer trainer, ArrayDataset data) throws Exception {
        for (Batch batch : trainer.iterateDataset(data)) {
            try (batch) {
                NDList output = trainer.evaluate(batch.getData());
                return trainer.getLoss().evaluate(batch.getLabels(), output).getFloat();
            }
        }
        throw new AssertionError("the data set has no batch");
    }

    private static float[] ramp(int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (i % 7 - 3) / 3f;
        }
        return values;
    }
}
