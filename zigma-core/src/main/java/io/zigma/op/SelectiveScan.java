package io.zigma.op;

import ai.djl.ndarray.*;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.*;
import ai.djl.nn.Activation;
import io.zigma.scan.ScanPath;
import org.jspecify.annotations.Nullable;

/** t. */
public final class SelectiveScan {
    private SelectiveScan() {}

    public static NDArray apply(
            NDArray u,
            NDArray delta,
            NDArray a,
            NDArray b,
            NDArray c,
            @Nullable NDArray skip,
            @Nullable NDArray gate,
            @Nullable NDArray bias,
            ScanPath p) {
        NDIndex o = new NDIndex(":,{}", u.getManager().create(p.order()));
        NDArray us = u.get(o), d = delta.add(bias).get(o);
        d = Activation.softPlus(d);
        NDArray bs = b.get(o), cs = c.get(o);
        int L = (int) u.getShape().get(1);
        NDList da = d.expandDims(3).mul(a).exp().split(L, 1); // B,1,E,N
        NDList db = d.mul(us).expandDims(3).mul(bs.expandDims(2)).split(L, 1);
        NDList cl = cs.expandDims(2).split(L, 1);
        NDArray h = null;
        NDList ys = new NDList();
        for (int i = 0; i < L; i++) {
            h = h == null ? db.get(i) : h.mul(da.get(i)).add(db.get(i));
            ys.add(h.mul(cl.get(i)).sum(new int[] {3}));
        }
        NDArray y = NDArrays.concat(ys, 1).add(us.mul(skip));
        y = y.get(new NDIndex(":,{}", u.getManager().create(p.inverse())));
        return y.mul(Activation.swish(gate, 1f));
    }
}
