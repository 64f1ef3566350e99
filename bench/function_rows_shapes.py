"""The calls that `bench functions` times, as users write them: where elements go.

Lines as function_rows.py describes them.
"""

MANIPULATION = """
np.concatenate([a, b])
np.concatenate([a, b], axis=1)
np.concatenate([v, w])
np.stack([a, b])
np.stack([a, b], axis=-1)
np.column_stack((v, w))
np.dstack([a, b, a])
np.block([[a, b], [b, a]])
np.append(v, w)
[part + 1.0 for part in np.split(a, 10)]
[part + 1.0 for part in np.array_split(a, 7, axis=1)]
np.tile(a, (2, 3))
np.repeat(a, 3)
np.repeat(a, 3, axis=0)
np.repeat(a, 3, axis=1)
np.repeat(v, counts)
np.roll(v, 100)
np.roll(a, 5, axis=1)
np.roll(a, (1, 1), axis=(0, 1))
np.flip(v) + w
np.flip(a) + b
np.fliplr(a) + b
np.rot90(a) + b
np.pad(a, 10)
np.pad(a, 10, mode="edge")
np.pad(a, 10, mode="reflect")
np.pad(a, 10, mode="wrap")
a.T.copy() + 1.0
a.T + b
np.ascontiguousarray(u.T) + 1
np.asfortranarray(d) + 1.0
np.moveaxis(a3, 0, -1).copy() + 1.0
a3.transpose(2, 1, 0).copy() + 1.0
np.swapaxes(a3, 0, 1).copy() + 1.0
a[::2].reshape(-1)
f.reshape(-1) + v
a.ravel(order="F")
a.flatten() + v
np.broadcast_to(r, a.shape) + b
np.tile(r, (1000, 1)) + 1.0
np.resize(v, a.shape) + b
np.tril(a)
np.triu(a, 1)
np.diag(r)
np.diagonal(a).copy()
np.delete(v, [5, 100, 1000])
np.delete(a, 5, axis=1)
np.insert(v, 1000, 1.0)
np.insert(a, 5, r, axis=1)
np.packbits(p)
np.unpackbits(u)
"""

SELECTION = """
np.where(p, a, b)
np.where(a > 0.5, a, 0.0)
np.where(p)
np.nonzero(a)
np.argwhere(p)
np.flatnonzero(p)
np.take(a, rows, axis=0)
np.take(a, rows, axis=1)
np.take(v, far)
np.take_along_axis(a, order, axis=1)
np.choose(kind, [a, b, 1.0])
np.compress(keep, a, axis=0)
np.compress(keep, a, axis=1)
np.extract(p, a)
np.select([p, q], [a, b], 0.0)
np.piecewise(v, [v < 0.5, v >= 0.5], [0.0, lambda x: x * 2])
np.unique(keys)
np.unique(x)
np.unique(keys, return_inverse=True)
np.unique(keys, return_counts=True)
np.unique(x, return_index=True)
np.union1d(x, y)
np.intersect1d(keys, rows)
np.setdiff1d(x, y)
np.isin(bins, rows)
np.isin(x, y)
np.searchsorted(edges, v)
np.digitize(x, edges)
np.histogram(v, bins=100)
np.histogram(x, bins=edges)
np.histogram2d(x, y, bins=50)
np.histogramdd(points, bins=10)
np.bincount(bins)
np.bincount(bins, weights=w)
a[p]
a[a > 0.5]
i[i % 2 == 0]
a[keep]
a[rows]
a[:, rows]
a[rows[:, None], rows]
a[np.ix_(rows, rows)]
v[far]
v[far.reshape(-1, 100)]
a[::2, ::3] + 1.0
a[::-1] + 1.0
a[:, ::-1] + 1.0
a[5:-5, 5:-5] + 1.0
a.flat[::7] + 1.0
np.unravel_index(far, a.shape)
np.ravel_multi_index((rows, rows), a.shape)
"""

UPDATES = """
t[p] = 0.0
t[p] += 1.0
t[t > 0.5] = 0.25
t[p] = b[p]
t[rows] = 0.0
t[rows] = a[rows]
t[:, rows] = 1.0
t[::2, ::2] = 1.0
t[:, 3] = 2.0
t[1:-1] = b[:-2]
t[1:-1, 1:-1] += b[:-2, 1:-1]
t += b
t *= -1.0
tv[far] = 1.0
tv[far] += 1.0
np.add.at(tv, far, 1.0)
np.maximum.at(tv, far, 0.5)
np.put(tv, far, 1.0)
np.putmask(t, p, b)
np.place(t, p, [1.0, 2.0])
np.copyto(t, b, where=p)
np.put_along_axis(t, order[:, :10], 0.0, axis=1)
np.fill_diagonal(t, 1.0)
t.fill(3.0)
np.add(a, b, out=t)
np.sqrt(a, out=t, where=p)
np.clip(a, 0.2, 0.8, out=t)
"""

SORTING = """
np.sort(x)
np.sort(d.ravel())
np.sort(keys)
np.sort(u.ravel())
np.sort(h[0:100], axis=1)
np.sort(a, axis=0)
np.sort(a, axis=1)
np.sort(points, axis=1)
np.argsort(x)
np.argsort(keys, kind="stable")
np.argsort(sq, axis=0)
np.argsort(sq, axis=1)
x[np.argsort(y)]
np.argsort(-x)[:10]
np.sort(x)[::-1].copy()
np.partition(x, 1000)
np.partition(a, 10, axis=1)
np.argpartition(x, 1000)
np.argpartition(sq, 5, axis=1)
np.lexsort((keys, x))
"""

CREATION = """
np.arange(v.size)
np.arange(0.0, 1.0, 1e-6)
np.linspace(0.0, 1.0, v.size)
np.logspace(0.0, 3.0, x.size)
np.geomspace(1.0, 1000.0, x.size)
np.ones(a.shape)
np.full(a.shape, 2.5) + a
np.full_like(i, 7) + i
a.copy() + 1.0
np.array(a) + 1.0
np.eye(1000)
np.tri(1000)
sum(np.meshgrid(r, r))
sum(np.meshgrid(r, r, indexing="ij"))
np.indices(a.shape)
np.fromfunction(lambda i, j: i + 2.0 * j, a.shape)
np.mgrid[0:1000, 0:1000]
np.hanning(x.size)
np.triu_indices(1000)
"""
