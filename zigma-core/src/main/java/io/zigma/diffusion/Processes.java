package io.zigma.diffusion;

import com.google.gson.JsonObject;
import io.zigma.base.Registry;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;

/** The registry of diffusion processes. */
public final class Processes {

    /** The field of a file that names the kind. */
    public static final String NAME = "kind";

    /** All kinds by name. */
    public static final Registry<ProcessKind> KINDS =
            new Registry<ProcessKind>("process", ProcessKind::name)
                    .register(InterpolantProcessKind.INSTANCE)
                    .register(DdpmKind.DDPM)
                    .register(DdpmKind.IDDPM);

    private Processes() {}

    /**
     * Reads a process.
     *
     * @param json what {@link #write} wrote
     * @return the process
     * @throws CheckpointException if there is no such kind, a field is unknown or its value not
     *     allowed
     */
    public static DiffusionProcess read(Fields json) throws CheckpointException {
        return json.parsed(NAME, KINDS::get).read(json);
    }

    /**
     * Writes a process.
     *
     * @param process any process of a registered kind
     * @return its kind and all its settings
     */
    public static JsonObject write(DiffusionProcess process) {
        return process.kind().write(process);
    }
}
