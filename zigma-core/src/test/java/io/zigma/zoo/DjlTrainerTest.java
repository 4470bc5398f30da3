package io.zigma.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Batch;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.NoopTranslator;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.backbone.zigma.ZigMa;
import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.diffusion.Interpolant;
import io.zigma.diffusion.InterpolantKind;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model from the zoo goes on learning in DJL's own training loop. */
class DjlTrainerTest {

    private static final int COUNT = 8;
    private static final Shape IMAGES = new Shape(COUNT, 1, 4, 6);

    @TempDir Path folder;

    /** SiT's loss on the linear path: the squared distance of the output to data − noise. */
    @Test
    void learnsVelocitiesInEasyTrainAndItsParametersRoundTrip() throws Exception {
        TinyCheckpoints.write(folder, 4);
        Criteria<NDList, NDList> criteria =
                Criteria.builder()
                        .setTypes(NDList.class, NDList.class)
                        .optModelPath(folder)
                        .build();
        try (ZooModel<NDList, NDList> model = criteria.loadModel()) {
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(Loss.l2Loss())
                            .optOptimizer(
                                    Optimizer.adam()
                                            .optLearningRateTracker(Tracker.fixed(3e-3f))
                                            .build());
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(IMAGES, new Shape(COUNT), new Shape(COUNT));
                ArrayDataset data = velocities(trainer.getManager());
                float first = lossAfter(trainer, data, 1);
                float last = lossAfter(trainer, data, 25);
                assertThat(last).as("loss, %s at first", first).isLessThan(0.7f * first);
            }
            model.save(folder, "tuned");
            try (Model copy = Model.newInstance("tuned");
                    NDManager manager = NDManager.newBaseManager()) {
                copy.setBlock(new ZigMa(TinyModels.CONDITIONAL));
                copy.load(folder, "tuned");
                assertThat(predict(copy, manager)).isEqualTo(predict(model, manager));
            }
        }
    }

    private static float lossAfter(Trainer trainer, ArrayDataset data, int epochs)
            throws Exception {
        EasyTrain.fit(trainer, epochs, data, null);
        try (Batch batch = trainer.iterateDataset(data).iterator().next()) {
            NDList output = trainer.evaluate(batch.getData());
            return trainer.getLoss().evaluate(batch.getLabels(), output).getFloat();
        }
    }

    private static ArrayDataset velocities(NDManager manager) {
        Interpolant path = InterpolantKind.LINEAR.interpolant();
        Random random = new Random(3);
        int size = (int) IMAGES.size() / COUNT;
        float[] x = new float[COUNT * size];
        float[] target = new float[COUNT * size];
        float[] times = new float[COUNT];
        long[] labels = new long[COUNT];
        for (int image = 0; image < COUNT; image++) {
            double t = (image + 0.5) / COUNT;
            times[image] = (float) t;
            labels[image] = image % 3;
            for (int i = image * size; i < (image + 1) * size; i++) {
                double data = (i + image) % 3 == 0 ? 1 : -1;
                double noise = random.nextGaussian();
                x[i] = (float) (path.alpha(t) * data + path.sigma(t) * noise);
                target[i] = (float) (path.alphaRate(t) * data + path.sigmaRate(t) * noise);
            }
        }
        return new ArrayDataset.Builder()
                .setData(manager.create(x, IMAGES), manager.create(times), manager.create(labels))
                .optLabels(manager.create(target, IMAGES))
                .setSampling(COUNT, false)
                .build();
    }

    private static float[] predict(Model model, NDManager manager) throws Exception {
        NDArray x = manager.ones(IMAGES);
        NDArray t = manager.full(new Shape(COUNT), 0.3f);
        NDArray labels = manager.create(new long[COUNT]);
        try (Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator())) {
            return predictor.predict(new NDList(x, t, labels)).singletonOrThrow().toFloatArray();
        }
    }
}
