package io.zigma.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import io.zigma.op.Precision;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A DJL block whose parameters have shapes from the configuration and names from the official
 * state_dict.
 *
 * <p>DJL names parameters by position ({@code 01Linear_weight}); files and optimisers need names
 * that stay. Children are therefore added under their official name as well, and {@link
 * #namedParameters()} joins the two with dots.
 */
public abstract class NamedBlock extends AbstractBlock {

    private final Map<String, NamedBlock> namedChildren = new LinkedHashMap<>();

    /** Creates a block without parameters or children. */
    protected NamedBlock() {}

    /**
     * Adds a trainable parameter.
     *
     * @param name its official name within this block
     * @param type decides DJL's default initialiser
     * @param shape its final shape
     * @return the parameter, not yet initialised
     */
    protected final Parameter parameter(String name, Parameter.Type type, long... shape) {
        return addParameter(
                Parameter.builder().setName(name).setType(type).optShape(new Shape(shape)).build());
    }

    /**
     * Adds a child block.
     *
     * @param name its official name within this block
     * @param block the child
     * @param <T> the child's type
     * @return the child
     */
    protected final <T extends NamedBlock> T child(String name, T block) {
        namedChildren.put(name, block);
        return addChildBlock(name, block);
    }

    /**
     * Adds the one child of a block that official files do not know: its parameters count as this
     * block's own.
     *
     * @param block the child
     * @param <T> the child's type
     * @return the child
     */
    protected final <T extends NamedBlock> T inlined(T block) {
        namedChildren.put("", block);
        return addChildBlock("inlined", block);
    }

    /**
     * Returns the value of a parameter of this block.
     *
     * @param pass the forward pass
     * @param parameter the parameter
     * @param like an array on the device that the value is needed on
     * @return the value, which belongs to the pass's store
     */
    protected static NDArray value(Pass pass, Parameter parameter, NDArray like) {
        return pass.value(parameter, like);
    }

    /**
     * Chooses what the factors of large matrix products are rounded to, in this block and its
     * children. Matrices are rounded here, once: parameters that change afterwards have no effect
     * on them. A block that rounds cannot be trained.
     *
     * @param precision the precision, which the device of the parameters must have
     */
    public void setPrecision(Precision precision) {
        namedChildren.values().forEach(child -> child.setPrecision(precision));
    }

    /**
     * Returns all parameters of this block and its children by official name.
     *
     * @return an unmodifiable map in the order of construction
     */
    public Map<String, Parameter> namedParameters() {
        Map<String, Parameter> all = new LinkedHashMap<>();
        collect("", all);
        return Collections.unmodifiableMap(all);
    }

    /**
     * Counts the work of this block.
     *
     * <p>A block of blocks counts what its children count for as many vectors; one that computes
     * itself, or hands its children another number, says so.
     *
     * @param vectors how many vectors it is applied to for one image: all tokens, or one condition
     * @return multiply-adds for one image
     */
    public OperationCount operations(long vectors) {
        OperationCount sum = OperationCount.NONE;
        for (NamedBlock child : namedChildren.values()) {
            sum = sum.plus(child.operations(vectors));
        }
        return sum;
    }

    private void collect(String prefix, Map<String, Parameter> all) {
        getDirectParameters().forEach(p -> all.put(prefix + p.getKey(), p.getValue()));
        namedChildren.forEach(
                (name, child) -> child.collect(name.isEmpty() ? prefix : prefix + name + ".", all));
    }

    /**
     * Children know their shapes from the configuration; the input's shape only marks them as
     * initialised.
     */
    @Override
    protected void initializeChildBlocks(
            NDManager manager, DataType dataType, Shape... inputShapes) {
        namedChildren.values().forEach(child -> child.initialize(manager, dataType, inputShapes));
    }
}
