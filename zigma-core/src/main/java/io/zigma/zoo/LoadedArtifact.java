package io.zigma.zoo;

import ai.djl.repository.Artifact;
import io.zigma.pipeline.DjlServices;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint as an artifact for DJL's loader. The loader searches for the classes that an
 * artifact names, and for the engine, through the thread's context class loader, which may not see
 * them: from its request for the arguments until it has found the {@link CheckpointBlockFactory}
 * the thread has one that does.
 */
final class LoadedArtifact extends Artifact {

    private static final ThreadLocal<DjlServices.Scope> SCOPE = new ThreadLocal<>();

    @Override
    public Map<String, Object> getArguments(@Nullable Map<String, Object> override) {
        found();
        SCOPE.set(DjlServices.visible());
        return super.getArguments(override);
    }

    /** Ends it: the loader has found its class, or is about to search again. */
    static void found() {
        DjlServices.Scope scope = SCOPE.get();
        if (scope != null) {
            scope.close();
            SCOPE.remove();
        }
    }
}
