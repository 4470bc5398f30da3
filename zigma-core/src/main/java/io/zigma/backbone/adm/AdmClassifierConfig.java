package io.zigma.backbone.adm;

import static io.zigma.backbone.ModelLimits.requireSize;

import com.google.gson.JsonObject;
import io.zigma.backbone.ModelLimits;
import io.zigma.backbone.TrainedWith;
import io.zigma.base.Named;
import io.zigma.base.SampleShape;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that determines the shape of ADM's classifier of noisy pictures.
 *
 * @param sample the pictures (C, H, W), or latents
 * @param classes how many it distinguishes
 * @param timeScale what times are multiplied by before they are embedded, 1 for the steps 0 … T − 1
 * @param shape its sizes, those of the U-Net's way down
 * @param pool how pictures become logits
 */
public record AdmClassifierConfig(
        SampleShape sample, int classes, double timeScale, AdmShape shape, Pool pool) {

    /** Of a head in published classifiers. */
    static final int HEAD_CHANNELS = 64;

    private static final List<Integer> RESOLUTIONS = List.of(32, 16, 8);

    /**
     * Checks that the parts fit.
     *
     * @throws IllegalArgumentException with what to change
     */
    public AdmClassifierConfig {
        shape.requireFits(sample);
        requireSize("number of classes", classes, ModelLimits.SIZE);
        if (shape.dropout() > 0) {
            throw new IllegalArgumentException(
                    "a classifier of noisy pictures is trained without dropout; leave it out");
        }
        if (!(timeScale > 0) || Double.isInfinite(timeScale)) {
            throw new IllegalArgumentException(
                    "the scale of times is %s, use a positive number".formatted(timeScale));
        }
    }

    /**
     * Returns the published classifier of a size (official {@code create_classifier} with the flags
     * of its README: {@code --classifier_width 128 --classifier_pool attention
     * --classifier_attention_resolutions 32,16,8}).
     *
     * @param side of its pictures in pixels: 64, 128, 256 or 512
     * @param classes how many
     * @return the classifier; empty for another side
     */
    public static Optional<AdmClassifierConfig> published(int side, int classes) {
        List<Double> multipliers =
                switch (side) {
                    case 64 -> List.of(1.0, 2.0, 3.0, 4.0);
                    case 128 -> List.of(1.0, 1.0, 2.0, 3.0, 4.0);
                    case 256 -> List.of(1.0, 1.0, 2.0, 2.0, 4.0, 4.0);
                    case 512 -> List.of(0.5, 1.0, 1.0, 2.0, 2.0, 4.0, 4.0);
                    default -> List.of();
                };
        return multipliers.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new AdmClassifierConfig(
                                SampleShape.image(3, side, side),
                                classes,
                                AdmKind.TIME_SCALE,
                                new AdmShape(
                                        128,
                                        multipliers,
                                        side == 64 ? 4 : 2,
                                        RESOLUTIONS.stream().map(at -> side / at).toList(),
                                        0,
                                        HEAD_CHANNELS,
                                        QkvOrder.BY_HEAD,
                                        true,
                                        Resampling.RESIDUAL),
                                Pool.ATTENTION));
    }

    /**
     * Infers the specification from the shapes of an official state_dict, such as that of {@code
     * 256x256_classifier.pt}; what shapes leave open is taken as published.
     *
     * @param tensors shape by name
     * @return the classifier, if all tensors and no others are its own
     */
    public static Optional<AdmClassifierConfig> infer(Map<String, long[]> tensors) {
        return OfficialShapes.classifier(tensors);
    }

    /** Pixels of the pictures at the lowest resolution. */
    int lowestPixels() {
        int rate = 1 << (shape.levels() - 1);
        return sample.height() / rate * (sample.width() / rate);
    }

    /**
     * Makes the network.
     *
     * @param seed determines the weights
     * @return a network without memory for its parameters yet
     */
    public AdmClassifier create(long seed) {
        return new AdmClassifier(this, seed);
    }

    /**
     * Writes what {@link #read} reads.
     *
     * @return the object {@code network} of a classifier's description
     */
    public JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("channels", sample.channels());
        json.addProperty("height", sample.height());
        json.addProperty("width", sample.width());
        json.addProperty("time_scale", timeScale);
        shape.json().entrySet().forEach(e -> json.add(e.getKey(), e.getValue()));
        json.addProperty("pool", pool.label());
        return json;
    }

    /**
     * Reads a specification.
     *
     * @param json what {@link #json} wrote
     * @param classes how many
     * @return the specification
     * @throws CheckpointException if a field is missing, unknown or wrong
     * @throws IllegalArgumentException if values do not fit together
     */
    public static AdmClassifierConfig read(Fields json, int classes) throws CheckpointException {
        List<String> known = new ArrayList<>(AdmShape.FIELDS);
        known.addAll(List.of("channels", "height", "width", "time_scale", "pool"));
        json.only(known.toArray(String[]::new));
        return new AdmClassifierConfig(
                SampleShape.image(
                        json.integer("channels"), json.integer("height"), json.integer("width")),
                classes,
                json.number("time_scale"),
                AdmShape.read(json),
                json.parsed("pool", text -> Named.parse("pool", text, Pool.values())));
    }

    /**
     * Describes the network in a line.
     *
     * @return for people
     */
    public String summary() {
        return "%s, pool %s".formatted(shape.summary(), pool.label());
    }

    /**
     * Returns whose noise published classifiers of such pictures know.
     *
     * @return the process of ADM's model of the same size
     */
    public TrainedWith trainedWith() {
        return AdmKind.trainedWith(sample);
    }
}
