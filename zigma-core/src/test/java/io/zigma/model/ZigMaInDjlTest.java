package io.zigma.model;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZigMaInDjlTest {

    private static final ZigMaConfig TINY = TinyModels.CONDITIONAL;

    private static final Shape[] INPUTS = {new Shape(4, 1, 4, 6), new Shape(4), new Shape(4)};

    @Test
    void trainsInDjlsOwnTrainer() throws Exception {
        try (Model model = Model.newInstance("tiny")) {
            model.setBlock(new ZigMa(TINY));
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(Loss.l2Loss())
                            .optOptimizer(
                                    Optimizer.adam()
                                            .optLearningRateTracker(Tracker.fixed(1e-2f))
                                            .build());
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(INPUTS);
                NDManager manager = trainer.getManager();
                ArrayDataset data = dataset(manager);
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
    void predictsTheSameThroughDjlsPredictorAsDirectly() throws Exception {
        try (Model model = Model.newInstance("tiny");
                NDManager manager = NDManager.newBaseManager()) {
            ZigMa zigma = new ZigMa(TINY, 5);
            zigma.initialize(model.getNDManager());
            model.setBlock(zigma);
            NDList inputs = inputs(manager);
            try (Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator())) {
                NDArray direct =
                        zigma.predict(
                                new ParameterStore(manager, false),
                                inputs.get(0),
                                inputs.get(1),
                                inputs.get(2),
                                false);
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
                manager.create(new long[] {0, 1, 2, 3}));
    }

    private static ArrayDataset dataset(NDManager manager) {
        NDList inputs = inputs(manager);
        return new ArrayDataset.Builder()
                .setData(inputs.get(0), inputs.get(1), inputs.get(2))
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
