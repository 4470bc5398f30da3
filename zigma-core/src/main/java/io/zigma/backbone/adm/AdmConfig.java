package io.zigma.backbone.adm;

import com.google.gson.JsonObject;
import io.zigma.backbone.BackboneSpec;
import io.zigma.backbone.Signature;
import io.zigma.backbone.TrainedWith;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that determines the shape of ADM's U-Net.
 *
 * @param signature inputs and outputs of the model
 * @param shape its sizes
 */
public record AdmConfig(Signature signature, AdmShape shape) implements BackboneSpec {

    /**
     * Checks that the parts fit.
     *
     * @throws IllegalArgumentException with what to change
     */
    public AdmConfig {
        shape.requireFits(signature.sample());
        if (signature.conditioning().contextSize() > 0) {
            throw new IllegalArgumentException(
                    "ADM's U-Net knows classes, not texts; choose another backbone for prompts");
        }
    }

    @Override
    public AdmKind kind() {
        return AdmKind.INSTANCE;
    }

    @Override
    public AdmUnet create(long seed) {
        return new AdmUnet(this, seed);
    }

    @Override
    public AdmConfig with(Signature changed) {
        return new AdmConfig(changed, shape);
    }

    @Override
    public Map<String, String> settings() {
        return AdmKind.settings(shape);
    }

    @Override
    public JsonObject json() {
        return shape.json();
    }

    static AdmConfig read(Fields json, Signature signature) throws CheckpointException {
        json.only(AdmShape.FIELDS.toArray(String[]::new));
        return new AdmConfig(signature, AdmShape.read(json));
    }

    @Override
    public Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("layers", shape.summary());
        facts.put("attention", shape.attentionSummary());
        facts.put("time and class", shape.scaleShift() ? "scale and shift" : "are added");
        facts.put("resampling", shape.resampling().label());
        if (shape.dropout() > 0) {
            facts.put("dropout", Double.toString(shape.dropout()));
        }
        return facts;
    }

    @Override
    public Optional<TrainedWith> trainedWith() {
        return outputChannels() == 2 * sample().channels()
                ? Optional.of(AdmKind.trainedWith(sample()))
                : Optional.empty();
    }
}
