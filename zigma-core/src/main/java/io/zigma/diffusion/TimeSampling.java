package io.zigma.diffusion;

import com.google.gson.JsonObject;
import io.zigma.base.Registry;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import java.util.Map;

/**
 * How training times are distributed between noise and data. {@code toString} gives the name and
 * all settings, as people read them.
 */
public interface TimeSampling {

    /** The field of a file that names the kind. */
    String NAME = "kind";

    /** All kinds by name. */
    Registry<TimeSamplingKind> KINDS =
            new Registry<TimeSamplingKind>("distribution of training times", TimeSamplingKind::name)
                    .register(UniformTimes.KIND)
                    .register(LogitNormalTimes.KIND)
                    .register(LossAwareTimes.KIND);

    /**
     * Returns what kind this is, by which it is written to files and read again.
     *
     * @return one of {@link #KINDS}
     */
    TimeSamplingKind kind();

    /**
     * Returns the values that make this one of its kind.
     *
     * @return by the names of the kind's settings, whole numbers as such
     */
    Map<String, Number> settings();

    /**
     * Prepares to sample times.
     *
     * @param process whose times are sampled
     * @return a sampler, with a state where it learns from losses
     * @throws IllegalArgumentException if the process has no such times
     */
    TimeSampler over(DiffusionProcess process);

    /**
     * Reads a distribution of times.
     *
     * @param json what {@link #write} wrote
     * @return the distribution
     * @throws CheckpointException if there is no such kind, a field is unknown or its value not
     *     allowed
     */
    static TimeSampling read(Fields json) throws CheckpointException {
        return json.parsed(NAME, KINDS::get).read(json);
    }

    /**
     * Writes a distribution of times.
     *
     * @param times any of a registered kind
     * @return its kind and all its settings
     */
    static JsonObject write(TimeSampling times) {
        JsonObject json = new JsonObject();
        json.addProperty(NAME, times.kind().name());
        times.settings().forEach(json::addProperty);
        return json;
    }
}
