package io.zigma.eval.classifier;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.zigma.backbone.adm.AdmClassifier;
import io.zigma.base.SampleShape;
import io.zigma.condition.ClassNames;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.Noised;
import io.zigma.eval.metric.ClassAgreement;
import io.zigma.eval.metric.FeatureMatrix;
import io.zigma.nn.Pass;
import io.zigma.train.data.ImageDataset;
import java.util.List;

/**
 * Counts how often a classifier of noisy pictures is right on pictures that it was not trained on:
 * each at one time, the times of all spread evenly from noise to data, and apart for each fifth of
 * the way. Of more than 1000 pictures, 1000 are taken.
 */
final class NoisyAccuracy {

    private static final int BATCH = 100;
    private static final int PARTS = 5;

    /** Of more pictures so many are taken, evenly: a U-Net's way down takes its time for each. */
    private static final int MOST = 1000;

    /** Its multiples, without their whole parts, spread evenly however many there are. */
    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

    private final ImageDataset test;
    private final List<String> labels;
    private final int[] numbers;
    private final SeededNoising noising;

    /**
     * Sets what to measure on.
     *
     * @param test pictures with their classes
     * @param labels the network's classes, among them those of the pictures
     * @param process whose noise they get
     */
    NoisyAccuracy(ImageDataset test, List<String> labels, DiffusionProcess process) {
        this.test = test;
        this.labels = labels;
        numbers = ClassNames.matches(test.labels(), labels);
        noising =
                new SeededNoising(
                        process,
                        SampleShape.image(test.channels(), test.height(), test.width()),
                        0);
    }

    /**
     * Measures a network on all pictures.
     *
     * @param network as it is now; it is not changed
     * @param parent where to compute
     * @return the object {@code accuracy} of a classifier's facts
     */
    JsonObject measure(AdmClassifier network, NDManager parent) {
        ClassAgreement all = new ClassAgreement(labels.size());
        ClassAgreement[] parts = new ClassAgreement[PARTS];
        for (int i = 0; i < PARTS; i++) {
            parts[i] = new ClassAgreement(labels.size());
        }
        try (NDManager manager = parent.newSubManager()) {
            Pass pass = Pass.inference(new ParameterStore(manager, false));
            for (int from = 0; from < pictures(); from += BATCH) {
                try (NDManager scope = manager.newSubManager()) {
                    measure(network, pass, from, scope, all, parts);
                }
            }
        }
        return json(all, parts);
    }

    private void measure(
            AdmClassifier network,
            Pass pass,
            int from,
            NDManager scope,
            ClassAgreement all,
            ClassAgreement... parts) {
        int count = Math.min(BATCH, pictures() - from);
        int each = test.channels() * test.height() * test.width();
        int classes = labels.size();
        float[] pixels = new float[count * each];
        int[] asked = new int[count];
        double[] fractions = new double[count];
        double[] times = new double[count];
        long[] seeds = new long[count];
        for (int i = 0; i < count; i++) {
            int picture = (int) ((long) (from + i) * test.size() / pictures());
            test.read(picture, false, pixels, i * each);
            asked[i] = numbers[test.label(picture)];
            fractions[i] = (from + i + 0.5) * GOLDEN % 1;
            times[i] = noising.process().trainingTime(fractions[i]);
            seeds[i] = from + i;
        }
        NDArray images =
                scope.create(
                        pixels, new Shape(count, test.channels(), test.height(), test.width()));
        Noised noised = noising.at(images, times, seeds);
        float[] logits = network.logits(pass, noised.x(), noised.time()).toFloatArray();
        all.addLogits(asked, FeatureMatrix.of(classes, logits));
        for (int i = 0; i < count; i++) {
            double progress = noising.process().progress(times[i]);
            int part = (int) Math.max(0, Math.min(PARTS - 1, progress * PARTS));
            float[] own = new float[classes];
            System.arraycopy(logits, i * classes, own, 0, classes);
            parts[part].addLogits(new int[] {asked[i]}, FeatureMatrix.of(classes, own));
        }
    }

    private int pictures() {
        return Math.min(MOST, test.size());
    }

    private JsonObject json(ClassAgreement all, ClassAgreement... parts) {
        JsonObject json = new JsonObject();
        json.addProperty("share", all.fraction());
        json.addProperty("right", all.agreeing());
        json.addProperty("pictures", all.total());
        JsonArray progress = new JsonArray();
        for (int i = 0; i < PARTS; i++) {
            JsonObject part = new JsonObject();
            part.addProperty("from", (double) i / PARTS);
            part.addProperty("to", (i + 1.0) / PARTS);
            part.addProperty("pictures", parts[i].total());
            part.addProperty("right", parts[i].agreeing());
            progress.add(part);
        }
        json.add("progress", progress);
        json.addProperty("data", test.name());
        json.addProperty("data_sha256", test.contentHash());
        return json;
    }
}
