package io.zigma.backbone;

import com.google.gson.JsonObject;
import io.zigma.base.SampleShape;
import io.zigma.condition.Conditioning;
import io.zigma.nn.MambaShape;
import io.zigma.scan.ScanPlan;
import java.util.Map;
import java.util.Optional;

/** Everything that decides the shape of a backbone; two equal ones hold the same weights. */
public interface BackboneSpec {

    /**
     * Returns the kind, which reads and names specifications.
     *
     * @return the entry of the registry
     */
    BackboneKind<?> kind();

    /**
     * Returns the backbone's inputs and outputs.
     *
     * @return its signature
     */
    Signature signature();

    /**
     * Returns the same network for other samples or conditions.
     *
     * @param changed the new inputs and outputs
     * @return a changed copy
     * @throws IllegalArgumentException if the network cannot do that
     */
    BackboneSpec with(Signature changed);

    /**
     * Makes the network; its weights, once initialised, are the published initialisation.
     *
     * @param seed determines the weights
     * @return a network without memory for its parameters yet
     */
    Backbone create(long seed);

    /**
     * Writes what {@link BackboneKind#read} reads: the kind's own fields, not the signature.
     *
     * @return the object {@code backbone} of {@code config.json}
     */
    JsonObject json();

    /**
     * Returns the values of what users choose.
     *
     * @return by the names of the kind's settings, in canonical spelling
     */
    Map<String, String> settings();

    /**
     * Describes the network in words.
     *
     * @return property → value, such as {@code patches → 4×4, 49 tokens}, in the order to be shown
     */
    Map<String, String> facts();

    /**
     * Describes how the cost of a layer grows, where its paper gives the terms.
     *
     * @return lines of text; empty for none
     */
    default String complexity() {
        return "";
    }

    /**
     * Gives the same terms as numbers.
     *
     * @return name → number; empty for none
     */
    default JsonObject complexityJson() {
        return new JsonObject();
    }

    /**
     * Counts the tokens of a sample.
     *
     * @return L; 0 in a backbone without tokens
     */
    default int tokens() {
        return 0;
    }

    /**
     * Returns the sizes of the layers' Mamba mixers, for measurements of their operations.
     *
     * @return the sizes; empty in a backbone without such a mixer
     */
    default Optional<MambaShape> mamba() {
        return Optional.empty();
    }

    /**
     * Returns how the layers scan the tokens, for drawing the scan paths.
     *
     * @return the plan; empty in a backbone that scans nothing
     */
    default Optional<ScanPlan> scanPlan() {
        return Optional.empty();
    }

    /**
     * Returns whether tokens can go past the middle layers in a training pass, see {@link
     * io.zigma.nn.TokenRouting}.
     *
     * @return false unless the backbone says otherwise
     */
    default boolean routesTokens() {
        return false;
    }

    /**
     * Returns the size of the samples.
     *
     * @return (C, H, W) or (F, C, H, W)
     */
    default SampleShape sample() {
        return signature().sample();
    }

    /**
     * Counts the channels of the output.
     *
     * @return those of the samples, or twice as many with a learned variance
     */
    default int outputChannels() {
        return signature().outputChannels();
    }

    /**
     * Returns what the backbone is conditioned on.
     *
     * @return nothing, classes or text
     */
    default Conditioning conditioning() {
        return signature().conditioning();
    }

    /**
     * Returns what published models of this shape were trained with.
     *
     * @return the process, empty where the shape does not determine it
     */
    default Optional<TrainedWith> trainedWith() {
        return Optional.empty();
    }

    /**
     * Says what else official weights of this shape could be that have the same tensors.
     *
     * @return the other model and the option with which it is imported, in words; empty if there is
     *     none
     */
    default Optional<String> alternative() {
        return Optional.empty();
    }
}
