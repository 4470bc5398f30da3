package io.zigma.zoo;

import ai.djl.repository.zoo.ModelZoo;
import ai.djl.repository.zoo.ZooProvider;
import io.zigma.engine.EngineStart;

/** Tells DJL of the {@link ZigMaModelZoo}; DJL finds it through its service file. */
public final class ZigMaZooProvider implements ZooProvider {

    /** Creates the provider; DJL does. */
    public ZigMaZooProvider() {}

    @Override
    public ModelZoo getModelZoo() {
        EngineStart.prepare();
        return new ZigMaModelZoo();
    }
}
